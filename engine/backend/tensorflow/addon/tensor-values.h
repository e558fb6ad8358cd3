// Values of tensors, in and out of JavaScript.
#ifndef PARETOSCOPE_TENSOR_VALUES_H_
#define PARETOSCOPE_TENSOR_VALUES_H_

#include <node_api.h>

#include <cstdint>
#include <vector>

#include "handles.h"

namespace paretoscope {

// A new tensor with a copy of `data`: a typed array whose kind fits the type, or for TF_STRING an array of strings and
// typed arrays. Throws Failure for another kind or number of values.
OwnedTensor TensorFrom(napi_env env, const std::vector<int64_t>& shape, TF_DataType type, napi_value data,
                       const char* user);

// A typed array with a copy of the values; for TF_STRING an array of Uint8Array.
napi_value ValuesOf(napi_env env, TF_Tensor* tensor);

// {id, shape, dtype}: NativeTensor of binding.ts.
napi_value DescribedTensor(napi_env env, int32_t id, const std::vector<int64_t>& shape, TF_DataType type);

}  // namespace paretoscope

#endif  // PARETOSCOPE_TENSOR_VALUES_H_
