#include "js-error.h"

#include <new>

namespace iprm {

Error toError(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const Error& error) {
        return error;
    } catch (const std::bad_alloc&) {
        return {"OUT_OF_MEMORY", "Memory ran out"};
    } catch (const std::exception& exception) {
        return {"EVALUATION_FAILED", exception.what()};
    } catch (...) {
        return {"EVALUATION_FAILED", "Something unknown was thrown"};
    }
}

Napi::Value toJsError(Napi::Env env, const Error& error) {
    Napi::Object value = Napi::Error::New(env, error.what()).Value().As<Napi::Object>();
    value["code"] = Napi::String::New(env, error.code);
    return value;
}

} // namespace iprm
