#include "js/describe-models.h"
#include "js/js-pair.h"
#include "js/js-trainer.h"
#include "js/open-vocabulary.h"
#include "runtime.h"

#include <napi.h>

namespace {

Napi::Object init(Napi::Env env, Napi::Object exports) {
    exports["llamaVersion"] = Napi::String::New(env, iprm::headersVersion());
    exports["describeModels"] = Napi::Function::New(env, iprm::describeModels, "describeModels");
    exports["openVocabulary"] = Napi::Function::New(env, iprm::openVocabulary, "openVocabulary");
    iprm::JsPair::define(env, exports);
    iprm::JsTrainer::define(env, exports);
    return exports;
}

} // namespace

NODE_API_MODULE(implicit_prm, init)
