#pragma once

#include "shared-library.h"

#include <llama.h>

#include <vector>

// Every function of llama.cpp that the addon calls. The addon is not linked against llama.cpp: it finds these
// by name at run time, so that one build serves the prebuilt libraries, a build of the user's own, and
// whatever GPU backends lie beside them.
#define IPRM_LLAMA_FUNCTIONS(FUNCTION)                                                                       \
    FUNCTION(ggml_argmax)                                                                                    \
    FUNCTION(ggml_backend_dev_backend_reg)                                                                   \
    FUNCTION(ggml_backend_dev_count)                                                                         \
    FUNCTION(ggml_backend_dev_description)                                                                   \
    FUNCTION(ggml_backend_dev_get)                                                                           \
    FUNCTION(ggml_backend_dev_name)                                                                          \
    FUNCTION(ggml_backend_dev_type)                                                                          \
    FUNCTION(ggml_backend_load)                                                                              \
    FUNCTION(ggml_backend_load_all_from_path)                                                                \
    FUNCTION(ggml_backend_reg_count)                                                                         \
    FUNCTION(ggml_backend_reg_name)                                                                          \
    FUNCTION(ggml_backend_tensor_get)                                                                        \
    FUNCTION(ggml_backend_tensor_set)                                                                        \
    FUNCTION(ggml_build_forward_expand)                                                                      \
    FUNCTION(ggml_get_rows)                                                                                  \
    FUNCTION(ggml_new_tensor_1d)                                                                             \
    FUNCTION(ggml_reshape_2d)                                                                                \
    FUNCTION(ggml_reshape_3d)                                                                                \
    FUNCTION(ggml_set_input)                                                                                 \
    FUNCTION(ggml_set_output)                                                                                \
    FUNCTION(ggml_soft_max)                                                                                  \
    FUNCTION(gguf_find_key)                                                                                  \
    FUNCTION(gguf_free)                                                                                      \
    FUNCTION(gguf_get_arr_data)                                                                              \
    FUNCTION(gguf_get_arr_n)                                                                                 \
    FUNCTION(gguf_get_arr_str)                                                                               \
    FUNCTION(gguf_get_arr_type)                                                                              \
    FUNCTION(gguf_get_data_offset)                                                                           \
    FUNCTION(gguf_get_key)                                                                                   \
    FUNCTION(gguf_get_kv_type)                                                                               \
    FUNCTION(gguf_get_n_kv)                                                                                  \
    FUNCTION(gguf_get_n_tensors)                                                                             \
    FUNCTION(gguf_get_tensor_name)                                                                           \
    FUNCTION(gguf_get_tensor_ne)                                                                             \
    FUNCTION(gguf_get_tensor_offset)                                                                         \
    FUNCTION(gguf_get_tensor_type)                                                                           \
    FUNCTION(gguf_get_val_data)                                                                              \
    FUNCTION(gguf_get_val_f32)                                                                               \
    FUNCTION(gguf_get_val_f64)                                                                               \
    FUNCTION(gguf_get_val_str)                                                                               \
    FUNCTION(gguf_init_from_file)                                                                            \
    FUNCTION(llama_adapter_lora_init)                                                                        \
    FUNCTION(llama_adapter_meta_count)                                                                       \
    FUNCTION(llama_adapter_meta_key_by_index)                                                                \
    FUNCTION(llama_adapter_meta_val_str_by_index)                                                            \
    FUNCTION(llama_backend_init)                                                                             \
    FUNCTION(llama_context_default_params)                                                                   \
    FUNCTION(llama_decode)                                                                                   \
    FUNCTION(llama_detokenize)                                                                               \
    FUNCTION(llama_free)                                                                                     \
    FUNCTION(llama_ftype_name)                                                                               \
    FUNCTION(llama_get_logits_ith)                                                                           \
    FUNCTION(llama_get_memory)                                                                               \
    FUNCTION(llama_init_from_model)                                                                          \
    FUNCTION(llama_log_get)                                                                                  \
    FUNCTION(llama_log_set)                                                                                  \
    FUNCTION(llama_memory_clear)                                                                             \
    FUNCTION(llama_memory_seq_cp)                                                                            \
    FUNCTION(llama_memory_seq_pos_min)                                                                       \
    FUNCTION(llama_memory_seq_rm)                                                                            \
    FUNCTION(llama_model_chat_template)                                                                      \
    FUNCTION(llama_model_default_params)                                                                     \
    FUNCTION(llama_model_free)                                                                               \
    FUNCTION(llama_model_get_vocab)                                                                          \
    FUNCTION(llama_model_has_decoder)                                                                        \
    FUNCTION(llama_model_has_encoder)                                                                        \
    FUNCTION(llama_model_is_diffusion)                                                                       \
    FUNCTION(llama_model_is_hybrid)                                                                          \
    FUNCTION(llama_model_is_recurrent)                                                                       \
    FUNCTION(llama_model_load_from_file)                                                                     \
    FUNCTION(llama_model_meta_count)                                                                         \
    FUNCTION(llama_model_meta_key_by_index)                                                                  \
    FUNCTION(llama_model_meta_val_str)                                                                       \
    FUNCTION(llama_model_meta_val_str_by_index)                                                              \
    FUNCTION(llama_model_n_ctx_train)                                                                        \
    FUNCTION(llama_model_n_layer)                                                                            \
    FUNCTION(llama_model_n_params)                                                                           \
    FUNCTION(llama_model_size)                                                                               \
    FUNCTION(llama_pooling_type)                                                                             \
    FUNCTION(llama_sampler_chain_add)                                                                        \
    FUNCTION(llama_sampler_chain_default_params)                                                             \
    FUNCTION(llama_sampler_chain_init)                                                                       \
    FUNCTION(llama_sampler_free)                                                                             \
    FUNCTION(llama_sampler_init)                                                                             \
    FUNCTION(llama_set_abort_callback)                                                                       \
    FUNCTION(llama_set_adapters_lora)                                                                        \
    FUNCTION(llama_synchronize)                                                                              \
    FUNCTION(llama_token_to_piece)                                                                           \
    FUNCTION(llama_tokenize)                                                                                 \
    FUNCTION(llama_version)                                                                                  \
    FUNCTION(llama_vocab_bos)                                                                                \
    FUNCTION(llama_vocab_eos)                                                                                \
    FUNCTION(llama_vocab_eot)                                                                                \
    FUNCTION(llama_vocab_get_add_bos)                                                                        \
    FUNCTION(llama_vocab_get_attr)                                                                           \
    FUNCTION(llama_vocab_get_text)                                                                           \
    FUNCTION(llama_vocab_is_eog)                                                                             \
    FUNCTION(llama_vocab_n_tokens)                                                                           \
    FUNCTION(llama_vocab_type)

namespace iprm {

/// The functions of one set of llama.cpp libraries, typed by its header.
struct LlamaApi {
    /// Looks every function up in the libraries, in their order. Throws Error RUNTIME_MISMATCH naming a
    /// missing one.
    explicit LlamaApi(const std::vector<SharedLibrary>& libraries);

#define IPRM_DECLARE(name) decltype(&::name) name = nullptr;
    IPRM_LLAMA_FUNCTIONS(IPRM_DECLARE)
#undef IPRM_DECLARE
};

} // namespace iprm
