#include "operation.h"

#include "js-error.h"

namespace iprm {

Operation::Operation(Napi::Env env, JsThread& js, Napi::Value onProgress)
    : js_(js), deferred_(Napi::Promise::Deferred::New(env)), reports_(onProgress.IsFunction()) {
    if (reports_) onProgress_ = Napi::Persistent(onProgress.As<Napi::Function>());
}

Napi::Object Operation::handle(Napi::Env env) const {
    Napi::Object handle = Napi::Object::New(env);
    handle["promise"] = deferred_.Promise();
    handle["cancel"] =
        Napi::Function::New(env, [cancelled = cancelled_](const Napi::CallbackInfo&) { *cancelled = true; });
    return handle;
}

void Operation::report(double done, double total) {
    if (!reports_) return;
    done_ = done;
    total_ = total;
    if (reportPending_.exchange(true)) return;
    js_.post([this](Napi::Env env) { deliver(env); });
}

void Operation::deliver(Napi::Env env) {
    reportPending_ = false;
    onProgress_.Call({Napi::Number::New(env, done_), Napi::Number::New(env, total_)});
}

void Operation::reject(Napi::Env env, const Error& error) { deferred_.Reject(toJsError(env, error)); }

} // namespace iprm
