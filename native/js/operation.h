#pragma once

#include "../error.h"
#include "js-thread.h"

#include <napi.h>

#include <atomic>
#include <memory>

namespace iprm {

/// A piece of work that JavaScript waits for: a promise, a way to cancel, and progress. It lives and dies on
/// the JavaScript thread; the worker may call the methods marked so until it has settled it.
class Operation {
public:
    Operation(Napi::Env env, JsThread& js, Napi::Value onProgress);

    /// What JavaScript gets: {promise, cancel()}.
    Napi::Object handle(Napi::Env env) const;

    /// Worker: whether JavaScript called cancel().
    bool cancelled() const { return *cancelled_; }

    /// Worker: calls onProgress(done, total). Reports that come faster than JavaScript takes them are merged.
    void report(double done, double total);

    void resolve(const Napi::Value& value) { deferred_.Resolve(value); }
    void reject(Napi::Env env, const Error& error);

private:
    void deliver(Napi::Env env);

    JsThread& js_;
    Napi::Promise::Deferred deferred_;
    Napi::FunctionReference onProgress_;
    std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
    bool reports_;
    std::atomic<bool> reportPending_{false};
    std::atomic<double> done_{0}, total_{0};
};

} // namespace iprm
