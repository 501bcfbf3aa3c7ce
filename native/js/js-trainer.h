#pragma once

#include "../train/trainer.h"
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

/// The class `Trainer` of the addon: a Trainer, the thread that it works on, and the promises that wait for
/// it. What is asked of it is done one after the other.
///
///     new Trainer(onLog?)
///     open(options, onProgress?)                        → {promise of the description, cancel}
///     forward(sequences, adapter, keep, onProgress?)    → {promise of log-probabilities, cancel}
///     backward(weights, onProgress?)                    → {promise, cancel}
///     step(options)                                     → {promise of the gradients' norm, cancel}
///     memoryInUse()                                     → {promise of bytes as the description has, cancel}
///     parameters(), gradients()                         → {promise of [{name, values}], cancel}
///     setParameters([{name, values}])                   → {promise, cancel}
///     saveAdapter(path, metadata)                       → {promise, cancel}
///     saveState(path), restoreState(path)               → {promise, cancel}
///     merge(options, onProgress?)                       → {promise of {merged, tensors}, cancel}, without
///     open() close()                                           → promise; whatever is pending is rejected
class JsTrainer : public Napi::ObjectWrap<JsTrainer> {
public:
    static void define(Napi::Env env, Napi::Object exports);

    explicit JsTrainer(const Napi::CallbackInfo& info);
    ~JsTrainer() override;

private:
    /// Turns a result into a value, on the JavaScript thread.
    using Convert = std::function<Napi::Value(Napi::Env)>;
    /// Makes the result, on the worker.
    using Work = std::function<Convert(Operation&)>;

    /// A method as JavaScript calls it: nothing that it throws gets past.
    template <Napi::Value (JsTrainer::*method)(const Napi::CallbackInfo&)>
    Napi::Value entry(const Napi::CallbackInfo& info) {
        return guarded(info.Env(), [&] { return (this->*method)(info); });
    }

    Napi::Value open(const Napi::CallbackInfo& info);
    Napi::Value forward(const Napi::CallbackInfo& info);
    Napi::Value backward(const Napi::CallbackInfo& info);
    Napi::Value step(const Napi::CallbackInfo& info);
    Napi::Value memoryInUse(const Napi::CallbackInfo& info);
    Napi::Value parameters(const Napi::CallbackInfo& info);
    Napi::Value gradients(const Napi::CallbackInfo& info);
    Napi::Value setParameters(const Napi::CallbackInfo& info);
    Napi::Value saveAdapter(const Napi::CallbackInfo& info);
    Napi::Value saveState(const Napi::CallbackInfo& info);
    Napi::Value restoreState(const Napi::CallbackInfo& info);
    Napi::Value merge(const Napi::CallbackInfo& info);
    Napi::Value close(const Napi::CallbackInfo& info);

    Napi::Object start(Napi::Env env, Napi::Value onProgress, Work work);
    void settle(Napi::Env env, Operation& operation, const std::function<void()>& settlement);
    void stopWorker();
    void shutDown();
    bool stopped(const Operation& operation) const { return closing_ || operation.cancelled(); }
    Watch watch(Operation& operation) const;
    /// Worker: the trainer, if open() has made it.
    Trainer& trainer() const;
    LogSink logSink();

    static void onEnvironmentExit(void* trainer);

    Napi::Env env_;
    std::unique_ptr<Worker> worker_;
    JsThread js_;
    Napi::FunctionReference onLog_;
    /// Those not settled yet. Only the JavaScript thread changes the list.
    std::list<Operation> operations_;
    std::atomic<bool> closing_{false};
    /// The worker's own.
    std::unique_ptr<Trainer> trainer_;
    ExitGuard exitGuard_;
};

} // namespace iprm
