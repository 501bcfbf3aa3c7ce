"""Lets a torch that is built for CUDA be imported where there is no CUDA: puts libraries beside torch's own that have the
names, the versions and the functions that these want. Each function says that there is no device.

    cuda_stubs.py SITE-PACKAGES

It takes gcc and binutils."""

import collections
import pathlib
import re
import subprocess
import sys
import tempfile

OF_SYSTEM = re.compile(r"(lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+)|ld-linux-x86-64|libgomp[-.\w]*)\.so")
OF_CUDA = re.compile(r"(cu|nccl|nvrtc|nvshmem|cudnn|[Cc]upti|__cuda)")
NO_DEVICE = 100


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def wanted_versions(library):
    """The versions of symbols that a library wants, by the name of the library that is to have them."""
    versions = collections.defaultdict(set)
    name = None
    for line in output_of("objdump", "-p", library).splitlines():
        if needed := re.match(r"\s*NEEDED\s+(\S+)", line):
            versions[needed[1]].update()
        elif required := re.match(r"\s*required from (\S+):", line):
            name = required[1]
        elif name and (version := re.match(r"\s*0x\S+ 0x\S+ \d+ (\S+)", line)):
            versions[name].add(version[1])
        else:
            name = None
    return versions


def undefined_symbols(library):
    """Pairs of a name and its version, which is empty where there is none."""
    for line in output_of("nm", "-D", "--undefined-only", "--with-symbol-versions", library).splitlines():
        name, _, version = line.split()[-1].partition("@")
        yield name, version.lstrip("@")


def function(name):
    if re.search("String|Name", name):
        return f'const char *{name}(void) {{ return "no CUDA here"; }}'
    return f"long {name}(void) {{ return {NO_DEVICE}; }}"


def compile_stub(target, names, symbols_of_versions):
    with tempfile.TemporaryDirectory() as directory:
        source = pathlib.Path(directory, "stub.c")
        source.write_text("\n".join(map(function, sorted(names))))
        script = pathlib.Path(directory, "versions.map")
        script.write_text(
            "".join(
                f"{version} {{ global: {' '.join(f'{name};' for name in sorted(symbols))} }};\n"
                for version, symbols in sorted(symbols_of_versions.items())
            )
        )
        # Among the names are some that gcc takes for functions of its own.
        options = ["-shared", "-fPIC", "-w", "-fno-builtin", f"-Wl,-soname,{target.name}"]
        if symbols_of_versions:
            options.append(f"-Wl,--version-script={script}")
        subprocess.run(["gcc", *options, "-o", target, source], check=True)


def main():
    folder = pathlib.Path(sys.argv[1], "torch", "lib")
    libraries = sorted(folder.glob("*.so*"))
    present = {library.name for library in libraries}
    versions = collections.defaultdict(set)
    symbols = collections.defaultdict(set)
    for library in libraries:
        for name, found in wanted_versions(library).items():
            if name not in present and not OF_SYSTEM.match(name):
                versions[name] |= found
        for name, version in undefined_symbols(library):
            if version or OF_CUDA.match(name):
                symbols[version].add(name)

    for name, found in sorted(versions.items()):
        of_versions = {version: symbols[version] for version in found}
        # Where a symbol without a version comes from is not said: each library has them all.
        compile_stub(folder / name, set().union(symbols[""], *of_versions.values()), of_versions)


main()
