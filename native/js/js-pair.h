#pragma once

#include "../pair.h"
#include "../worker.h"
#include "exit-guard.h"
#include "js-thread.h"
#include "operation.h"

#include <napi.h>

#include <atomic>
#include <functional>
#include <list>
#include <memory>

namespace iprm {

/// The class `Pair` of the addon: a Pair, the thread that opens and closes it, and the promises that wait for
/// it.
///
///     new Pair(onLog?)
///     open(options, onProgress?)       → {promise of the description, cancel}
///     evaluate(sequences, onProgress?) → {promise of the log-probabilities, cancel}
///     tokenise(text, parseSpecial)     → promise of {tokens, starts}
///     detokenise(tokens)               → promise of a string
///     close()                          → promise; whatever is pending is rejected
class JsPair : public Napi::ObjectWrap<JsPair> {
public:
    static void define(Napi::Env env, Napi::Object exports);

    explicit JsPair(const Napi::CallbackInfo& info);
    ~JsPair() override;

private:
    /// Turns a result into a value, on the JavaScript thread.
    using Convert = std::function<Napi::Value(Napi::Env)>;
    /// Makes the result, on the worker.
    using Work = std::function<Convert(Operation&)>;

    Napi::Value open(const Napi::CallbackInfo& info);
    Napi::Value evaluate(const Napi::CallbackInfo& info);
    Napi::Value tokenise(const Napi::CallbackInfo& info);
    Napi::Value detokenise(const Napi::CallbackInfo& info);
    Napi::Value close(const Napi::CallbackInfo& info);

    Napi::Object start(Napi::Env env, Napi::Value onProgress, Work work);
    Operation& begin(Napi::Env env, Napi::Value onProgress);
    /// From any thread. The operation may be gone once this returns.
    void finish(Operation& operation, Convert convert);
    void fail(Operation& operation, const std::exception_ptr& error);
    void settle(Napi::Env env, Operation& operation, const std::function<void()>& settlement);
    void stopWorker();
    void shutDown();
    bool stopped(const Operation& operation) const { return closing_ || operation.cancelled(); }
    LogSink logSink();
    std::shared_ptr<Pair> requirePair(Napi::Env env) const;

    static void onEnvironmentExit(void* pair);

    Napi::Env env_;
    JsThread js_;
    Napi::FunctionReference onLog_;
    /// Those not settled yet. Only the JavaScript thread changes the list.
    std::list<Operation> operations_;
    std::atomic<bool> closing_{false};
    std::shared_ptr<Pair> pair_;
    std::unique_ptr<Worker> worker_ = std::make_unique<Worker>();
    ExitGuard exitGuard_;
};

} // namespace iprm
