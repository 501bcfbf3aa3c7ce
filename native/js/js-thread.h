#pragma once

#include <napi.h>

#include <functional>

namespace iprm {

/// Runs tasks on the JavaScript thread, in the order in which any thread posts them. It keeps the process
/// alive only while it is held. Made, held, let go and released on the JavaScript thread.
class JsThread {
public:
    using Task = std::function<void(Napi::Env)>;

    explicit JsThread(Napi::Env env);

    /// From any thread. Once the environment is being torn down tasks are dropped unrun.
    void post(Task task);

    void hold(Napi::Env env) { function_.Ref(env); }
    void letGo(Napi::Env env) { function_.Unref(env); }

    /// No task may be posted from now on.
    void release() { function_.Release(); }

private:
    static void call(Napi::Env env, Napi::Function, std::nullptr_t*, Task* task);
    using Function = Napi::TypedThreadSafeFunction<std::nullptr_t, Task, call>;

    Function function_;
};

} // namespace iprm
