#include "js-thread.h"

#include "js-error.h"

#include <memory>

namespace iprm {

JsThread::JsThread(Napi::Env env) : function_(Function::New(env, "implicit-prm", 0, 1)) {
    function_.Unref(env);
}

void JsThread::post(Task task) {
    auto owned = std::make_unique<Task>(std::move(task));
    if (function_.NonBlockingCall(owned.get()) == napi_ok) owned.release();
}

void JsThread::call(Napi::Env env, Napi::Function, std::nullptr_t*, Task* task) {
    const std::unique_ptr<Task> owned(task);
    // No environment: it is being torn down, and the task is only to be freed.
    if (env) guarded(env, [&] { (*owned)(env); });
}

} // namespace iprm
