#pragma once

#include "../model.h"
#include "../pair.h"

#include <napi.h>

namespace iprm {

// Between JavaScript values and ours. What comes in has been checked by lib/, so a wrong type here is a
// mistake of ours and throws as one.

RuntimeFiles toRuntimeFiles(const Napi::Object& files);
PairOptions toPairOptions(const Napi::Object& options);
std::vector<std::string> toStrings(const Napi::Value& array);
std::vector<llama_token> toTokens(const Napi::Value& int32Array);
std::vector<Sequence> toSequences(const Napi::Value& array);

Napi::Object toJs(Napi::Env env, const ModelDescription& description);
Napi::Object toJs(Napi::Env env, const Tokenised& tokenised);
Napi::Object toJs(Napi::Env env, const VocabularyDifference& difference);
Napi::Object toJs(Napi::Env env, const PairLogprobs& logprobs);
Napi::Object toJs(Napi::Env env, const ModelLogprobs& logprobs, const std::vector<uint32_t>& evaluated);
Napi::Array toJs(Napi::Env env, const std::vector<SpecialToken>& tokens);
Napi::Array toJs(Napi::Env env, const std::vector<std::string>& strings);

/// What a pair tells of itself once it is open.
Napi::Object describePair(Napi::Env env, const Pair& pair);

} // namespace iprm
