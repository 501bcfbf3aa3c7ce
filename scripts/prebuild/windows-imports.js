// Where an addon on Windows gets Node-API from. An import library would bind it to a host that is called node.exe, so
// that it could not be loaded in a packaged Electron application; it asks the program that it is in instead.
import {readFileSync} from 'node:fs';
import path from 'node:path';

/** C++ that fills what calls to Node-API's functions go through, when the addon is loaded. */
export function windowsImports(nodeApiHeaders) {
  const names = ['js_native_api.def', 'node_api.def'].flatMap(file => [
    ...readFileSync(path.join(nodeApiHeaders, 'def', file), 'utf8').matchAll(
      /^\s*((?:napi|node_api)_\w+)/gmu,
    ),
  ]);
  const functions = [...new Set(names.map(([, name]) => name))].sort();
  return `#include <initializer_list>
#include <windows.h>

extern "C" {
${functions.map(name => `void* __imp_${name};`).join('\n')}
}

namespace {

HMODULE host() {
    for (const char* name : {static_cast<const char*>(nullptr), "node.dll", "libnode.dll", "node.exe"}) {
        const HMODULE module = GetModuleHandleA(name);
        if (module && GetProcAddress(module, "napi_create_object")) return module;
    }
    return nullptr;
}

__attribute__((constructor)) void findNodeApi() {
    const HMODULE module = host();
    if (!module) return;
${functions.map(name => `    __imp_${name} = reinterpret_cast<void*>(GetProcAddress(module, "${name}"));`).join('\n')}
}

} // namespace
`;
}
