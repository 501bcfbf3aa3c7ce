#include "js-trainer.h"

#include "convert-training.h"
#include "convert.h"
#include "js-error.h"

namespace iprm {

namespace {

std::unique_ptr<Worker> makeWorker(Napi::Env env) {
    return guarded(env, [] { return std::make_unique<Worker>(); });
}

Napi::Value nothing(Napi::Env env) { return env.Undefined(); }

} // namespace

void JsTrainer::define(Napi::Env env, Napi::Object exports) {
    exports["Trainer"] =
        DefineClass(env, "Trainer",
                    {InstanceMethod<&JsTrainer::entry<&JsTrainer::open>>("open"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::forward>>("forward"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::backward>>("backward"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::step>>("step"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::memoryInUse>>("memoryInUse"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::parameters>>("parameters"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::gradients>>("gradients"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::setParameters>>("setParameters"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::saveAdapter>>("saveAdapter"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::saveState>>("saveState"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::restoreState>>("restoreState"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::merge>>("merge"),
                     InstanceMethod<&JsTrainer::entry<&JsTrainer::close>>("close")});
}

JsTrainer::JsTrainer(const Napi::CallbackInfo& info)
    : ObjectWrap(info), env_(info.Env()), worker_(makeWorker(env_)), js_(info.Env()),
      exitGuard_([this] { stopWorker(); }) {
    if (info[0].IsFunction()) onLog_ = Napi::Persistent(info[0].As<Napi::Function>());
    // Hooks run last in, first out, so this one runs before that of js_: the worker is gone when js_ goes.
    napi_add_env_cleanup_hook(env_, onEnvironmentExit, this);
}

JsTrainer::~JsTrainer() {
    if (!worker_) return;
    napi_remove_env_cleanup_hook(env_, onEnvironmentExit, this);
    shutDown();
}

void JsTrainer::onEnvironmentExit(void* trainer) {
    auto* self = static_cast<JsTrainer*>(trainer);
    if (self->worker_) self->shutDown();
}

/// Stops what is at work within one layer.
void JsTrainer::stopWorker() {
    closing_ = true;
    if (worker_) worker_->stop();
}

void JsTrainer::shutDown() {
    stopWorker();
    worker_.reset();
    trainer_.reset();
    js_.release();
}

Trainer& JsTrainer::trainer() const {
    if (!trainer_) throw Error("INVALID_INPUT", "The trainer is not open");
    return *trainer_;
}

Watch JsTrainer::watch(Operation& operation) const {
    return {[&operation](size_t done, size_t total) {
                operation.report(static_cast<double>(done), static_cast<double>(total));
            },
            [this, &operation] { return stopped(operation); }};
}

Napi::Value JsTrainer::open(const Napi::CallbackInfo& info) {
    const auto options = toTrainerOptions(info[0].As<Napi::Object>());
    return start(info.Env(), info[1], [this, options](Operation& operation) -> Convert {
        // Armed anew whenever llama.cpp may have made further static objects.
        Runtime::open(options.runtime, logSink());
        ExitGuard::arm();
        const LoadProgress progress = [&](float fraction) {
            operation.report(fraction, 1);
            return !stopped(operation);
        };
        auto trainer = std::make_unique<Trainer>(options, logSink(), progress);
        ExitGuard::arm();
        if (stopped(operation)) throw Cancelled();
        trainer_ = std::move(trainer);
        return [description = trainer_->describe()](Napi::Env env) -> Napi::Value {
            return toJs(env, description);
        };
    });
}

Napi::Value JsTrainer::forward(const Napi::CallbackInfo& info) {
    const auto sequences = std::make_shared<std::vector<Sequence>>(toSequences(info[0]));
    const bool adapter = info[1].As<Napi::Boolean>().Value(), keep = info[2].As<Napi::Boolean>().Value();
    return start(info.Env(), info[3], [this, sequences, adapter, keep](Operation& operation) -> Convert {
        const auto logprobs = std::make_shared<std::vector<std::vector<float>>>(
            trainer().forward(*sequences, adapter, keep, watch(operation)));
        return [logprobs](Napi::Env env) -> Napi::Value { return toJs(env, *logprobs); };
    });
}

Napi::Value JsTrainer::backward(const Napi::CallbackInfo& info) {
    const auto weights = std::make_shared<std::vector<std::vector<float>>>(toFloatArrays(info[0]));
    return start(info.Env(), info[1], [this, weights](Operation& operation) -> Convert {
        trainer().backward(*weights, watch(operation));
        return nothing;
    });
}

Napi::Value JsTrainer::step(const Napi::CallbackInfo& info) {
    const auto options = toAdamWOptions(info[0].As<Napi::Object>());
    return start(info.Env(), info.Env().Undefined(), [this, options](Operation&) -> Convert {
        const double norm = trainer().step(options);
        return [norm](Napi::Env env) -> Napi::Value { return Napi::Number::New(env, norm); };
    });
}

Napi::Value JsTrainer::memoryInUse(const Napi::CallbackInfo& info) {
    return start(info.Env(), info.Env().Undefined(), [this](Operation&) -> Convert {
        return [memory = trainer().memoryInUse()](Napi::Env env) -> Napi::Value { return toJs(env, memory); };
    });
}

Napi::Value JsTrainer::parameters(const Napi::CallbackInfo& info) {
    return start(info.Env(), info.Env().Undefined(), [this](Operation&) -> Convert {
        return [values = trainer().parameters()](Napi::Env env) -> Napi::Value { return toJs(env, values); };
    });
}

Napi::Value JsTrainer::gradients(const Napi::CallbackInfo& info) {
    return start(info.Env(), info.Env().Undefined(), [this](Operation&) -> Convert {
        return [values = trainer().gradients()](Napi::Env env) -> Napi::Value { return toJs(env, values); };
    });
}

Napi::Value JsTrainer::setParameters(const Napi::CallbackInfo& info) {
    const auto values = toNamedValues(info[0]);
    return start(info.Env(), info.Env().Undefined(), [this, values](Operation&) -> Convert {
        trainer().setParameters(values);
        return nothing;
    });
}

Napi::Value JsTrainer::saveAdapter(const Napi::CallbackInfo& info) {
    const std::string path = info[0].As<Napi::String>().Utf8Value();
    const auto metadata = toMetadata(info[1].As<Napi::Object>());
    return start(info.Env(), info.Env().Undefined(), [this, path, metadata](Operation&) -> Convert {
        trainer().saveAdapter(path, metadata.texts, metadata.numbers);
        return nothing;
    });
}

Napi::Value JsTrainer::saveState(const Napi::CallbackInfo& info) {
    const std::string path = info[0].As<Napi::String>().Utf8Value();
    return start(info.Env(), info.Env().Undefined(), [this, path](Operation&) -> Convert {
        trainer().saveState(path);
        return nothing;
    });
}

Napi::Value JsTrainer::restoreState(const Napi::CallbackInfo& info) {
    const std::string path = info[0].As<Napi::String>().Utf8Value();
    return start(info.Env(), info.Env().Undefined(), [this, path](Operation&) -> Convert {
        trainer().restoreState(path);
        return nothing;
    });
}

Napi::Value JsTrainer::merge(const Napi::CallbackInfo& info) {
    const auto options = toMergeOptions(info[0].As<Napi::Object>());
    return start(info.Env(), info[1], [this, options](Operation& operation) -> Convert {
        const MergeResult result = mergeAdapter(
            options, [&](double done, double total) { operation.report(done, total); },
            [&] { return stopped(operation); });
        ExitGuard::arm();
        return [result](Napi::Env env) -> Napi::Value {
            Napi::Object object = Napi::Object::New(env);
            object["merged"] = static_cast<double>(result.merged);
            object["tensors"] = static_cast<double>(result.tensors);
            return object;
        };
    });
}

Napi::Value JsTrainer::close(const Napi::CallbackInfo& info) {
    // Freeing gigabytes is not for the JavaScript thread.
    const Napi::Object handle = start(info.Env(), info.Env().Undefined(), [this](Operation&) -> Convert {
        trainer_.reset();
        return [this](Napi::Env env) -> Napi::Value {
            // This was its last job: it only has to end.
            worker_->stop();
            return env.Undefined();
        };
    });
    closing_ = true;
    return handle.Get("promise");
}

Napi::Object JsTrainer::start(Napi::Env env, Napi::Value onProgress, Work work) {
    if (closing_) throw Napi::Error::New(env, "The trainer is closed");
    if (operations_.empty()) {
        Ref();
        js_.hold(env);
    }
    Operation& operation = operations_.emplace_back(env, js_, onProgress);
    const Napi::Object handle = operation.handle(env);
    const auto job = [this, &operation, work = std::move(work)] {
        try {
            const Convert convert = work(operation);
            js_.post([this, &operation, convert](Napi::Env jsEnv) {
                settle(jsEnv, operation, [&] { operation.resolve(convert(jsEnv)); });
            });
        } catch (...) {
            js_.post([this, &operation, error = toError(std::current_exception())](Napi::Env jsEnv) {
                settle(jsEnv, operation, [&] { operation.reject(jsEnv, error); });
            });
        }
    };
    try {
        worker_->post(job);
    } catch (...) {
        settle(env, operation, [] {});
        throw;
    }
    return handle;
}

void JsTrainer::settle(Napi::Env env, Operation& operation, const std::function<void()>& settlement) {
    try {
        settlement();
    } catch (const Napi::Error& error) {
        operation.reject(env, {"EVALUATION_FAILED", error.Message()});
    } catch (...) {
        operation.reject(env, toError(std::current_exception()));
    }
    operations_.remove_if([&](const Operation& other) { return &other == &operation; });
    if (!operations_.empty()) return;
    js_.letGo(env);
    Unref();
}

LogSink JsTrainer::logSink() {
    if (onLog_.IsEmpty()) return nullptr;
    return [this](ggml_log_level level, const std::string& text) {
        js_.post([this, level, text](Napi::Env env) {
            onLog_.Call({Napi::Number::New(env, level), Napi::String::New(env, text)});
        });
    };
}

} // namespace iprm
