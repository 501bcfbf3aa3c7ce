#include "train-api.h"

#include "../error.h"

namespace iprm {

namespace {

/// A C++ function, so its symbol is spelt as the compiler mangles it.
#ifdef _WIN32
constexpr const char* graphReserveSymbol =
    "?llama_graph_reserve@@YAPEAUggml_cgraph@@PEAUllama_context@@III@Z";
#else
constexpr const char* graphReserveSymbol = "_Z19llama_graph_reserveP13llama_contextjjj";
#endif

void* findIn(const std::vector<SharedLibrary>& libraries, const char* symbol) {
    for (const auto& library : libraries) {
        if (void* address = library.find(symbol)) return address;
    }
    throw Error("TRAINING_UNSUPPORTED", std::string("These llama.cpp libraries have no function ") + symbol +
                                            ", without which a model can be scored but not trained: use "
                                            "those that node-llama-cpp brings");
}

} // namespace

TrainApi::TrainApi(const std::vector<SharedLibrary>& libraries) {
#define IPRM_FIND(name) name = reinterpret_cast<decltype(&::name)>(findIn(libraries, #name));
    IPRM_TRAIN_FUNCTIONS(IPRM_FIND)
#undef IPRM_FIND
    llama_graph_reserve =
        reinterpret_cast<decltype(llama_graph_reserve)>(findIn(libraries, graphReserveSymbol));
}

} // namespace iprm
