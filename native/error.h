#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace iprm {

/// An error that reaches JavaScript with `code` set, one of the codes of lib/errors/error-code.ts.
class Error : public std::runtime_error {
public:
    Error(std::string code, const std::string& message)
        : std::runtime_error(message), code(std::move(code)) {}

    const std::string code;
};

/// The caller withdrew the work: an AbortSignal fired or the pair was closed.
class Cancelled : public Error {
public:
    Cancelled() : Error("CANCELLED", "The work was cancelled") {}
};

} // namespace iprm
