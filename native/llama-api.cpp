#include "llama-api.h"

#include "error.h"

namespace iprm {

namespace {

void* findIn(const std::vector<SharedLibrary>& libraries, const char* symbol) {
    for (const auto& library : libraries) {
        if (void* address = library.find(symbol)) return address;
    }
    throw Error("RUNTIME_MISMATCH", std::string("The llama.cpp libraries have no function ") + symbol +
                                        ": they are of another version");
}

} // namespace

LlamaApi::LlamaApi(const std::vector<SharedLibrary>& libraries) {
#define IPRM_FIND(name) name = reinterpret_cast<decltype(&::name)>(findIn(libraries, #name));
    IPRM_LLAMA_FUNCTIONS(IPRM_FIND)
#undef IPRM_FIND
}

} // namespace iprm
