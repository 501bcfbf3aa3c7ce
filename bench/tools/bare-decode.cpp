// How long llama_decode itself takes for the batches that the engine makes of some sequences: what there is
// to reach.
//
//     bare-decode MODEL SEQUENCES BATCH_SIZE THREADS CONTEXT_SIZE ROUNDS LIBRARY... BACKENDS_DIRECTORY
//
// SEQUENCES is a file with a line for each: the position to score from, then the tokens. The engine evaluates
// them once, while every call to llama.cpp that changes its context is written down. These calls are then
// repeated on a fresh context, with nothing between them, ROUNDS times. Prints the seconds of each round, one
// a line.

#include "evaluator.h"
#include "model.h"
#include "runtime.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>

using namespace iprm;

namespace {

/// What a table entry that stands in for a llama.cpp function does its work with: they are plain functions.
struct Recorder {
    LlamaApi real;
    llama_context_params params;
    std::vector<std::function<void(llama_context*)>> calls;
};

Recorder* recorder = nullptr;

/// A copy of a batch that outlives the engine's.
struct RecordedBatch {
    explicit RecordedBatch(const llama_batch& batch)
        : tokens(batch.token, batch.token + batch.n_tokens), positions(batch.pos, batch.pos + batch.n_tokens),
          counts(batch.n_seq_id, batch.n_seq_id + batch.n_tokens),
          outputs(batch.logits, batch.logits + batch.n_tokens) {
        for (int32_t i = 0; i < batch.n_tokens; ++i) sequences.push_back(batch.seq_id[i][0]);
    }

    void decode(llama_context* context) {
        std::vector<llama_seq_id*> pointers;
        for (auto& sequence : sequences) pointers.push_back(&sequence);
        const llama_batch batch = {static_cast<int32_t>(tokens.size()),
                                   tokens.data(),
                                   nullptr,
                                   positions.data(),
                                   counts.data(),
                                   pointers.data(),
                                   outputs.data()};
        if (recorder->real.llama_decode(context, batch) != 0) throw std::runtime_error("llama_decode failed");
    }

    std::vector<llama_token> tokens;
    std::vector<llama_pos> positions;
    std::vector<int32_t> counts;
    std::vector<llama_seq_id> sequences;
    std::vector<int8_t> outputs;
};

LlamaApi recordingApi() {
    LlamaApi api = recorder->real;
    api.llama_init_from_model = [](llama_model* model, llama_context_params params) {
        recorder->params = params;
        return recorder->real.llama_init_from_model(model, params);
    };
    api.llama_decode = [](llama_context* context, llama_batch batch) {
        auto copy = std::make_shared<RecordedBatch>(batch);
        recorder->calls.push_back([copy](llama_context* target) { copy->decode(target); });
        return recorder->real.llama_decode(context, batch);
    };
    api.llama_memory_seq_cp = [](llama_memory_t memory, llama_seq_id from, llama_seq_id to, llama_pos begin,
                                 llama_pos end) {
        recorder->calls.push_back([=](llama_context* context) {
            const auto& real = recorder->real;
            real.llama_memory_seq_cp(real.llama_get_memory(context), from, to, begin, end);
        });
        recorder->real.llama_memory_seq_cp(memory, from, to, begin, end);
    };
    api.llama_memory_seq_rm = [](llama_memory_t memory, llama_seq_id sequence, llama_pos begin,
                                 llama_pos end) {
        recorder->calls.push_back([=](llama_context* context) {
            const auto& real = recorder->real;
            real.llama_memory_seq_rm(real.llama_get_memory(context), sequence, begin, end);
        });
        return recorder->real.llama_memory_seq_rm(memory, sequence, begin, end);
    };
    return api;
}

std::vector<Sequence> readSequences(const char* path) {
    std::ifstream file(path);
    std::vector<Sequence> sequences;
    for (std::string line; std::getline(file, line);) {
        std::istringstream numbers(line);
        Sequence sequence;
        numbers >> sequence.from;
        for (llama_token token; numbers >> token;) sequence.tokens.push_back(token);
        sequences.push_back(std::move(sequence));
    }
    return sequences;
}

void record(const Model& model, std::vector<Sequence> sequences, const EvaluatorOptions& options,
            LogScope& log) {
    const LlamaApi api = recordingApi();
    Evaluator evaluator(api, model, nullptr, options, log);
    std::vector<std::vector<float>> results;
    auto request = std::make_shared<Request>();
    for (const auto& sequence : sequences)
        results.emplace_back(sequence.tokens.size() - static_cast<size_t>(sequence.from));
    for (auto& result : results) request->results.push_back(result.data());
    request->begin = 0;
    request->end = sequences.size();
    request->sequences = std::make_shared<const std::vector<Sequence>>(std::move(sequences));
    request->onTokens = [](size_t) {};
    request->onEvaluated = [](size_t, size_t) {};
    request->cancelled = [] { return false; };
    request->onDone = [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
    };
    evaluator.add(request);
    while (evaluator.busy()) evaluator.step(log);
    // What the evaluator does when it goes is no part of the work.
    recorder->calls.shrink_to_fit();
    const auto calls = recorder->calls;
    evaluator.failAll(nullptr);
    recorder->calls = calls;
}

double replay(const Model& model) {
    const auto& real = recorder->real;
    const std::unique_ptr<llama_context, decltype(&::llama_free)> context(
        real.llama_init_from_model(model.get(), recorder->params), real.llama_free);
    // Once for the memory, which the engine has touched before too when it is timed.
    for (const auto& call : recorder->calls) call(context.get());
    real.llama_memory_clear(real.llama_get_memory(context.get()), false);
    real.llama_synchronize(context.get());
    const auto begin = std::chrono::steady_clock::now();
    for (const auto& call : recorder->calls) call(context.get());
    real.llama_synchronize(context.get());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace

int main(int count, char** arguments) try {
    if (count < 9) {
        std::cerr << "usage: bare-decode MODEL SEQUENCES BATCH_SIZE THREADS CONTEXT_SIZE ROUNDS LIBRARY... "
                     "BACKENDS\n";
        return 2;
    }
    const RuntimeFiles files{{arguments + 7, arguments + count - 1}, arguments[count - 1], {}};
    const LogSink quiet = [](ggml_log_level, const std::string&) {};
    const Runtime& runtime = Runtime::open(files, quiet);
    LogScope log(runtime.api(), quiet);
    ModelOptions modelOptions;
    modelOptions.path = arguments[1];
    const Model model(runtime.api(), modelOptions, log, nullptr);
    Recorder recording{runtime.api(), {}, {}};
    recorder = &recording;
    const EvaluatorOptions options = {
        std::atoi(arguments[5]),        std::atoi(arguments[3]), 0,    std::atoi(arguments[4]), GGML_TYPE_F16,
        LLAMA_FLASH_ATTN_TYPE_DISABLED, LogSoftmaxPlace::host,   false};
    record(model, readSequences(arguments[2]), options, log);
    for (int round = std::atoi(arguments[6]); round > 0; --round) std::printf("%f\n", replay(model));
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
