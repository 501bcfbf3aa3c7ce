#pragma once

#include "../shared-library.h"

#include <ggml-alloc.h>
#include <ggml-backend.h>
#include <ggml.h>
#include <gguf.h>
#include <llama.h>

#include <vector>

// Every function of llama.cpp that only training calls; see llama-api.h.
#define IPRM_TRAIN_FUNCTIONS(FUNCTION)                                                                       \
    FUNCTION(ggml_acc)                                                                                       \
    FUNCTION(ggml_add)                                                                                       \
    FUNCTION(ggml_add_inplace)                                                                               \
    FUNCTION(ggml_argmax)                                                                                    \
    FUNCTION(ggml_backend_alloc_ctx_tensors)                                                                 \
    FUNCTION(ggml_backend_buffer_clear)                                                                      \
    FUNCTION(ggml_backend_buffer_free)                                                                       \
    FUNCTION(ggml_backend_buffer_get_size)                                                                   \
    FUNCTION(ggml_backend_buft_alloc_buffer)                                                                 \
    FUNCTION(ggml_backend_buft_get_alignment)                                                                \
    FUNCTION(ggml_backend_buft_get_alloc_size)                                                               \
    FUNCTION(ggml_backend_dev_backend_reg)                                                                   \
    FUNCTION(ggml_backend_dev_by_type)                                                                       \
    FUNCTION(ggml_backend_dev_description)                                                                   \
    FUNCTION(ggml_backend_dev_init)                                                                          \
    FUNCTION(ggml_backend_free)                                                                              \
    FUNCTION(ggml_backend_get_default_buffer_type)                                                           \
    FUNCTION(ggml_backend_graph_compute)                                                                     \
    FUNCTION(ggml_backend_reg_get_proc_address)                                                              \
    FUNCTION(ggml_backend_supports_op)                                                                       \
    FUNCTION(ggml_backend_tensor_get)                                                                        \
    FUNCTION(ggml_backend_tensor_set)                                                                        \
    FUNCTION(ggml_blck_size)                                                                                 \
    FUNCTION(ggml_build_forward_expand)                                                                      \
    FUNCTION(ggml_concat)                                                                                    \
    FUNCTION(ggml_cont)                                                                                      \
    FUNCTION(ggml_cpy)                                                                                       \
    FUNCTION(ggml_custom_4d)                                                                                 \
    FUNCTION(ggml_div)                                                                                       \
    FUNCTION(ggml_free)                                                                                      \
    FUNCTION(ggml_gallocr_alloc_graph)                                                                       \
    FUNCTION(ggml_gallocr_free)                                                                              \
    FUNCTION(ggml_gallocr_get_buffer_size)                                                                   \
    FUNCTION(ggml_gallocr_new)                                                                               \
    FUNCTION(ggml_gallocr_reserve_n_size)                                                                    \
    FUNCTION(ggml_gelu)                                                                                      \
    FUNCTION(ggml_get_glu_op)                                                                                \
    FUNCTION(ggml_get_rows)                                                                                  \
    FUNCTION(ggml_get_tensor)                                                                                \
    FUNCTION(ggml_get_type_traits)                                                                           \
    FUNCTION(ggml_get_unary_op)                                                                              \
    FUNCTION(ggml_glu_op_name)                                                                               \
    FUNCTION(ggml_graph_add_node)                                                                            \
    FUNCTION(ggml_graph_clear)                                                                               \
    FUNCTION(ggml_graph_n_nodes)                                                                             \
    FUNCTION(ggml_graph_node)                                                                                \
    FUNCTION(ggml_graph_overhead_custom)                                                                     \
    FUNCTION(ggml_init)                                                                                      \
    FUNCTION(ggml_is_contiguous)                                                                             \
    FUNCTION(ggml_log)                                                                                       \
    FUNCTION(ggml_mul)                                                                                       \
    FUNCTION(ggml_mul_mat)                                                                                   \
    FUNCTION(ggml_nbytes)                                                                                    \
    FUNCTION(ggml_neg)                                                                                       \
    FUNCTION(ggml_nelements)                                                                                 \
    FUNCTION(ggml_new_graph_custom)                                                                          \
    FUNCTION(ggml_new_tensor)                                                                                \
    FUNCTION(ggml_nrows)                                                                                     \
    FUNCTION(ggml_op_name)                                                                                   \
    FUNCTION(ggml_permute)                                                                                   \
    FUNCTION(ggml_quantize_chunk)                                                                            \
    FUNCTION(ggml_quantize_requires_imatrix)                                                                 \
    FUNCTION(ggml_reshape_4d)                                                                                \
    FUNCTION(ggml_rms_norm_back)                                                                             \
    FUNCTION(ggml_row_size)                                                                                  \
    FUNCTION(ggml_scale)                                                                                     \
    FUNCTION(ggml_scale_bias)                                                                                \
    FUNCTION(ggml_set_input)                                                                                 \
    FUNCTION(ggml_set_name)                                                                                  \
    FUNCTION(ggml_set_output)                                                                                \
    FUNCTION(ggml_set_rows)                                                                                  \
    FUNCTION(ggml_silu)                                                                                      \
    FUNCTION(ggml_silu_back)                                                                                 \
    FUNCTION(ggml_soft_max)                                                                                  \
    FUNCTION(ggml_soft_max_ext)                                                                              \
    FUNCTION(ggml_soft_max_ext_back)                                                                         \
    FUNCTION(ggml_sqr)                                                                                       \
    FUNCTION(ggml_sqrt)                                                                                      \
    FUNCTION(ggml_step)                                                                                      \
    FUNCTION(ggml_sub)                                                                                       \
    FUNCTION(ggml_sum_rows)                                                                                  \
    FUNCTION(ggml_tallocr_alloc)                                                                             \
    FUNCTION(ggml_tallocr_new)                                                                               \
    FUNCTION(ggml_tanh)                                                                                      \
    FUNCTION(ggml_tensor_overhead)                                                                           \
    FUNCTION(ggml_transpose)                                                                                 \
    FUNCTION(ggml_type_name)                                                                                 \
    FUNCTION(ggml_unary_op_name)                                                                             \
    FUNCTION(ggml_view_4d)                                                                                   \
    FUNCTION(gguf_add_tensor)                                                                                \
    FUNCTION(gguf_find_key)                                                                                  \
    FUNCTION(gguf_find_tensor)                                                                               \
    FUNCTION(gguf_free)                                                                                      \
    FUNCTION(gguf_get_alignment)                                                                             \
    FUNCTION(gguf_get_data_offset)                                                                           \
    FUNCTION(gguf_get_key)                                                                                   \
    FUNCTION(gguf_get_kv_type)                                                                               \
    FUNCTION(gguf_get_meta_size)                                                                             \
    FUNCTION(gguf_get_n_kv)                                                                                  \
    FUNCTION(gguf_get_n_tensors)                                                                             \
    FUNCTION(gguf_get_tensor_name)                                                                           \
    FUNCTION(gguf_get_tensor_ne)                                                                             \
    FUNCTION(gguf_get_tensor_offset)                                                                         \
    FUNCTION(gguf_get_tensor_size)                                                                           \
    FUNCTION(gguf_get_tensor_type)                                                                           \
    FUNCTION(gguf_get_val_f32)                                                                               \
    FUNCTION(gguf_get_val_str)                                                                               \
    FUNCTION(gguf_get_val_u32)                                                                               \
    FUNCTION(gguf_get_val_u64)                                                                               \
    FUNCTION(gguf_init_empty)                                                                                \
    FUNCTION(gguf_init_from_file)                                                                            \
    FUNCTION(gguf_remove_key)                                                                                \
    FUNCTION(gguf_set_kv)                                                                                    \
    FUNCTION(gguf_set_val_f32)                                                                               \
    FUNCTION(gguf_set_val_str)                                                                               \
    FUNCTION(gguf_set_val_u32)                                                                               \
    FUNCTION(gguf_set_val_u64)                                                                               \
    FUNCTION(gguf_write_to_file)                                                                             \
    FUNCTION(llama_get_logits_ith)                                                                           \
    FUNCTION(llama_model_n_swa)

namespace iprm {

/// The functions for training of one set of llama.cpp libraries. Looked up when a training begins, so that
/// libraries without them still score.
struct TrainApi {
    /// Throws Error TRAINING_UNSUPPORTED naming a missing function.
    explicit TrainApi(const std::vector<SharedLibrary>& libraries);

#define IPRM_DECLARE(name) decltype(&::name) name = nullptr;
    IPRM_TRAIN_FUNCTIONS(IPRM_DECLARE)
#undef IPRM_DECLARE

    /// Of llama-ext.h, a header that llama.cpp doesn't install: the graph for so many tokens, not computed.
    /// It lasts until the next call or the next computation with that context.
    ggml_cgraph* (*llama_graph_reserve)(llama_context* context, uint32_t tokens, uint32_t sequences,
                                        uint32_t outputs) = nullptr;
};

} // namespace iprm
