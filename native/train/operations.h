#pragma once

namespace iprm {

/// By what a graph may compute.
enum class Operations {
    /// By what every backend has.
    Portable,
    /// By operations of the CPU's own too, which are faster there.
    Cpu,
    /// With those that its instructions for BF16 are for.
    CpuWithBf16,
};

} // namespace iprm
