#pragma once

#include "js-error.h"

#include <napi.h>

#include <functional>
#include <optional>

namespace iprm {

/// Runs `work` on a thread of libuv's pool and settles a promise with what `convert` makes of its result.
template <typename Result>
class PromiseWorker : public Napi::AsyncWorker {
public:
    using Work = std::function<Result()>;
    using Convert = std::function<Napi::Value(Napi::Env, const Result&)>;

    static Napi::Promise run(Napi::Env env, Work work, Convert convert) {
        // The worker deletes itself once it has settled the promise.
        auto* worker = new PromiseWorker(env, std::move(work), std::move(convert));
        const Napi::Promise promise = worker->deferred_.Promise();
        worker->Queue();
        return promise;
    }

private:
    PromiseWorker(Napi::Env env, Work work, Convert convert)
        : AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)), work_(std::move(work)),
          convert_(std::move(convert)) {}

    void Execute() override {
        try {
            result_ = work_();
        } catch (...) {
            error_.emplace(toError(std::current_exception()));
        }
    }

    void OnOK() override {
        guarded(Env(), [this] {
            if (error_) return deferred_.Reject(toJsError(Env(), *error_));
            deferred_.Resolve(convert_(Env(), *result_));
        });
    }

    Napi::Promise::Deferred deferred_;
    Work work_;
    Convert convert_;
    std::optional<Result> result_;
    std::optional<Error> error_;
};

} // namespace iprm
