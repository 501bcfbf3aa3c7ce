#include "js-pair.h"

#include "convert.h"
#include "js-error.h"

namespace iprm {

namespace {

std::unique_ptr<Worker> makeWorker(Napi::Env env) {
    return guarded(env, [] { return std::make_unique<Worker>(); });
}

} // namespace

void JsPair::define(Napi::Env env, Napi::Object exports) {
    exports["Pair"] = DefineClass(env, "Pair",
                                  {InstanceMethod<&JsPair::entry<&JsPair::open>>("open"),
                                   InstanceMethod<&JsPair::entry<&JsPair::evaluate>>("evaluate"),
                                   InstanceMethod<&JsPair::entry<&JsPair::evaluateOne>>("evaluateOne"),
                                   InstanceMethod<&JsPair::entry<&JsPair::tokenise>>("tokenise"),
                                   InstanceMethod<&JsPair::entry<&JsPair::detokenise>>("detokenise"),
                                   InstanceMethod<&JsPair::entry<&JsPair::close>>("close")});
}

JsPair::JsPair(const Napi::CallbackInfo& info)
    : ObjectWrap(info), env_(info.Env()), worker_(makeWorker(env_)), tokeniser_(makeWorker(env_)),
      js_(info.Env()), exitGuard_([this] { stopWorkers(); }) {
    if (info[0].IsFunction()) onLog_ = Napi::Persistent(info[0].As<Napi::Function>());
    // Hooks run last in, first out, so this one runs before that of js_: the worker is gone when js_ goes.
    napi_add_env_cleanup_hook(env_, onEnvironmentExit, this);
}

JsPair::~JsPair() {
    if (!worker_) return;
    napi_remove_env_cleanup_hook(env_, onEnvironmentExit, this);
    shutDown();
}

void JsPair::onEnvironmentExit(void* pair) {
    auto* self = static_cast<JsPair*>(pair);
    if (self->worker_) self->shutDown();
}

/// Stops what is at work within one batch.
void JsPair::stopWorkers() {
    closing_ = true;
    // First the one that may be waiting for the other.
    if (worker_) worker_->stop();
    if (tokeniser_) tokeniser_->stop();
    if (pair_) pair_->stop();
}

void JsPair::shutDown() {
    stopWorkers();
    worker_.reset();
    tokeniser_.reset();
    pair_.reset();
    js_.release();
}

Napi::Value JsPair::open(const Napi::CallbackInfo& info) {
    auto options = toPairOptions(info[0].As<Napi::Object>());
    return start(info.Env(), info[1], *worker_, [this, options = std::move(options)](Operation& operation) {
        // Armed anew whenever llama.cpp may have made further static objects.
        Runtime::open(options.runtime, logSink());
        ExitGuard::arm();
        bool loading = false;
        const LoadProgress progress = [&](float fraction) {
            if (!loading) ExitGuard::arm();
            loading = true;
            operation.report(fraction, 1);
            return !stopped(operation);
        };
        auto pair = std::make_shared<Pair>(options, logSink(), progress);
        ExitGuard::arm();
        if (stopped(operation)) throw Cancelled();
        return [this, pair = std::move(pair)](Napi::Env env) -> Napi::Value {
            pair_ = pair;
            return describePair(env, *pair);
        };
    });
}

Napi::Value JsPair::evaluate(const Napi::CallbackInfo& info) {
    const auto convert = [](Napi::Env env, const PairLogprobs& logprobs) -> Napi::Value {
        return toJs(env, logprobs);
    };
    return startEvaluation(info.Env(), toSequences(info[0]), {true, true, false}, info[1], convert);
}

Napi::Value JsPair::evaluateOne(const Napi::CallbackInfo& info) {
    const bool isPolicy = info[0].As<Napi::String>().Utf8Value() == "policy";
    const EvaluationWishes wishes{isPolicy, !isPolicy, info[2].ToBoolean()};
    const auto convert = [](Napi::Env env, const PairLogprobs& logprobs) -> Napi::Value {
        return toJs(env, logprobs.policy ? *logprobs.policy : logprobs.reference.value(), logprobs.evaluated);
    };
    return startEvaluation(info.Env(), toSequences(info[1]), wishes, info[3], convert);
}

Napi::Value JsPair::startEvaluation(Napi::Env env, std::vector<Sequence> sequences,
                                    const EvaluationWishes& wishes, Napi::Value onProgress,
                                    ConvertLogprobs convert) {
    const auto pair = requirePair(env);
    Operation& operation = begin(env, onProgress);
    PairListener listener;
    listener.onProgress = [&operation](size_t done, size_t total) {
        operation.report(static_cast<double>(done), static_cast<double>(total));
    };
    listener.cancelled = [this, &operation] { return stopped(operation); };
    listener.onResult = [this, &operation, convert](PairLogprobs result) {
        const auto logprobs = std::make_shared<PairLogprobs>(std::move(result));
        finish(operation, [logprobs, convert](Napi::Env env) { return convert(env, *logprobs); });
    };
    listener.onError = [this, &operation](const std::exception_ptr& error) { fail(operation, error); };
    // The worker only checks and hands over, so that calls are evaluated together.
    auto job = [this, pair, &operation, wishes, listener, sequences = std::move(sequences)]() mutable {
        try {
            pair->evaluate(std::move(sequences), wishes, std::move(listener));
        } catch (...) {
            fail(operation, std::current_exception());
        }
    };
    return post(env, *worker_, operation, std::move(job));
}

Napi::Value JsPair::tokenise(const Napi::CallbackInfo& info) {
    return startWithVocabulary(
        info.Env(),
        [text = info[0].As<Napi::String>().Utf8Value(),
         parseSpecial = info[1].As<Napi::Boolean>().Value()](const Vocabulary& vocabulary) -> Convert {
            const auto tokenised = std::make_shared<Tokenised>(vocabulary.tokenise(text, parseSpecial));
            return [tokenised](Napi::Env env) { return toJs(env, *tokenised); };
        });
}

Napi::Value JsPair::detokenise(const Napi::CallbackInfo& info) {
    return startWithVocabulary(info.Env(),
                               [tokens = toTokens(info[0])](const Vocabulary& vocabulary) -> Convert {
                                   return [text = vocabulary.detokenise(tokens)](Napi::Env env) {
                                       return Napi::String::New(env, text);
                                   };
                               });
}

Napi::Value JsPair::close(const Napi::CallbackInfo& info) {
    // The worker drops the last reference: freeing gigabytes is not for the JavaScript thread.
    const auto pair = std::make_shared<std::shared_ptr<Pair>>(std::move(pair_));
    const auto work = [this, pair](Operation&) -> Convert {
        closing_ = true;
        if (*pair) (*pair)->stop();
        // What waits for it is withdrawn, and what it is at still needs the pair.
        tokeniser_->finish();
        pair->reset();
        return [this](Napi::Env env) {
            // This was its last job: it only has to end.
            worker_->stop();
            return env.Undefined();
        };
    };
    const Napi::Object handle = start(info.Env(), info.Env().Undefined(), *worker_, work);
    closing_ = true;
    return handle.Get("promise");
}

Napi::Object JsPair::start(Napi::Env env, Napi::Value onProgress, Worker& worker, Work work) {
    Operation& operation = begin(env, onProgress);
    return post(env, worker, operation, [this, &operation, work = std::move(work)] {
        try {
            finish(operation, work(operation));
        } catch (...) {
            fail(operation, std::current_exception());
        }
    });
}

Napi::Object JsPair::startWithVocabulary(Napi::Env env, std::function<Convert(const Vocabulary&)> work) {
    // What waits in a queue doesn't keep a pair from being freed.
    const std::weak_ptr<Pair> waiting = requirePair(env);
    return start(env, env.Undefined(), *tokeniser_, [this, waiting, work](Operation& operation) {
        const auto pair = waiting.lock();
        if (!pair || stopped(operation)) throw Cancelled();
        return work(pair->vocabulary());
    });
}

Operation& JsPair::begin(Napi::Env env, Napi::Value onProgress) {
    if (closing_) throw Napi::Error::New(env, "The pair is closed");
    if (operations_.empty()) {
        Ref();
        js_.hold(env);
    }
    return operations_.emplace_back(env, js_, onProgress);
}

/// Has a thread do the job, which settles the operation.
Napi::Object JsPair::post(Napi::Env env, Worker& worker, Operation& operation, std::function<void()> job) {
    const Napi::Object handle = operation.handle(env);
    try {
        worker.post(std::move(job));
    } catch (...) {
        settle(env, operation, [] {});
        throw;
    }
    return handle;
}

void JsPair::finish(Operation& operation, Convert convert) {
    js_.post([this, &operation, convert = std::move(convert)](Napi::Env env) {
        settle(env, operation, [&] {
            try {
                operation.resolve(convert(env));
            } catch (const Napi::Error& error) {
                operation.reject(env, {"EVALUATION_FAILED", error.Message()});
            } catch (...) {
                operation.reject(env, toError(std::current_exception()));
            }
        });
    });
}

void JsPair::fail(Operation& operation, const std::exception_ptr& error) {
    js_.post([this, &operation, error = toError(error)](Napi::Env env) {
        settle(env, operation, [&] { operation.reject(env, error); });
    });
}

void JsPair::settle(Napi::Env env, Operation& operation, const std::function<void()>& settlement) {
    settlement();
    operations_.remove_if([&](const Operation& other) { return &other == &operation; });
    if (!operations_.empty()) return;
    js_.letGo(env);
    Unref();
}

LogSink JsPair::logSink() {
    if (onLog_.IsEmpty()) return nullptr;
    return [this](ggml_log_level level, const std::string& text) {
        js_.post([this, level, text](Napi::Env env) {
            onLog_.Call({Napi::Number::New(env, level), Napi::String::New(env, text)});
        });
    };
}

std::shared_ptr<Pair> JsPair::requirePair(Napi::Env env) const {
    if (!pair_) throw Napi::Error::New(env, "The pair is not open");
    return pair_;
}

} // namespace iprm
