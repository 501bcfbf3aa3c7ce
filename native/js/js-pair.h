#pragma once

#include "../pair.h"
#include "../worker.h"
#include "exit-guard.h"
#include "js-error.h"
#include "js-thread.h"
#include "operation.h"

#include <napi.h>

#include <atomic>
#include <functional>
#include <list>
#include <memory>

namespace iprm {

/// The class `Pair` of the addon: a Pair, the thread that opens and closes it, one that tokenises for it, and
/// the promises that wait for it.
///
///     new Pair(onLog?)
///     open(options, onProgress?)       → {promise of the description, cancel}
///     evaluate(sequences, onProgress?) → {promise of the log-probabilities, cancel}
///     evaluateOne(model, sequences, likeliest, onProgress?) → {promise of those of one model, cancel}
///     tokenise(text, parseSpecial)     → {promise of {tokens, starts}, cancel}
///     detokenise(tokens)               → {promise of a string, cancel}
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

    /// A method as JavaScript calls it: nothing that it throws gets past.
    template <Napi::Value (JsPair::*method)(const Napi::CallbackInfo&)>
    Napi::Value entry(const Napi::CallbackInfo& info) {
        return guarded(info.Env(), [&] { return (this->*method)(info); });
    }

    Napi::Value open(const Napi::CallbackInfo& info);
    Napi::Value evaluate(const Napi::CallbackInfo& info);
    Napi::Value evaluateOne(const Napi::CallbackInfo& info);
    Napi::Value tokenise(const Napi::CallbackInfo& info);
    Napi::Value detokenise(const Napi::CallbackInfo& info);
    Napi::Value close(const Napi::CallbackInfo& info);

    /// Makes a value of a call's result.
    using ConvertLogprobs = Napi::Value (*)(Napi::Env, const PairLogprobs&);
    Napi::Value startEvaluation(Napi::Env env, std::vector<Sequence> sequences,
                                const EvaluationWishes& wishes, Napi::Value onProgress,
                                ConvertLogprobs convert);
    Napi::Object start(Napi::Env env, Napi::Value onProgress, Worker& worker, Work work);
    Napi::Object startWithVocabulary(Napi::Env env, std::function<Convert(const Vocabulary&)> work);
    Operation& begin(Napi::Env env, Napi::Value onProgress);
    Napi::Object post(Napi::Env env, Worker& worker, Operation& operation, std::function<void()> job);
    /// From any thread. The operation may be gone once this returns.
    void finish(Operation& operation, Convert convert);
    void fail(Operation& operation, const std::exception_ptr& error);
    void settle(Napi::Env env, Operation& operation, const std::function<void()>& settlement);
    void stopWorkers();
    void shutDown();
    bool stopped(const Operation& operation) const { return closing_ || operation.cancelled(); }
    LogSink logSink();
    std::shared_ptr<Pair> requirePair(Napi::Env env) const;

    static void onEnvironmentExit(void* pair);

    Napi::Env env_;
    /// Opens, closes and hands over to those that evaluate.
    std::unique_ptr<Worker> worker_;
    /// Texts are tokenised one after the other: libuv's threads are others' too.
    std::unique_ptr<Worker> tokeniser_;
    JsThread js_;
    Napi::FunctionReference onLog_;
    /// Those not settled yet. Only the JavaScript thread changes the list.
    std::list<Operation> operations_;
    std::atomic<bool> closing_{false};
    std::shared_ptr<Pair> pair_;
    ExitGuard exitGuard_;
};

} // namespace iprm
