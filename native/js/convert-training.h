#pragma once

#include "../train/merge-adapter.h"
#include "../train/trainer.h"

#include <napi.h>

namespace iprm {

// Between JavaScript's values and those of training; see convert.h.

TrainerOptions toTrainerOptions(const Napi::Object& options);
MergeOptions toMergeOptions(const Napi::Object& options);
AdamWOptions toAdamWOptions(const Napi::Object& options);
std::vector<std::vector<float>> toFloatArrays(const Napi::Value& array);
std::vector<NamedValues> toNamedValues(const Napi::Value& array);

/// Metadata to write: texts and numbers by key.
struct TrainingMetadata {
    std::map<std::string, std::string> texts;
    std::map<std::string, double> numbers;
};
TrainingMetadata toMetadata(const Napi::Object& object);

Napi::Object toJs(Napi::Env env, const TrainerDescription& description);
Napi::Object toJs(Napi::Env env, const TrainingMemory& memory);
Napi::Array toJs(Napi::Env env, const std::vector<std::vector<float>>& rows);
Napi::Array toJs(Napi::Env env, const std::vector<NamedValues>& values);

} // namespace iprm
