#include "tensor-values.h"

#include <cstring>

#include "failure.h"
#include "js.h"
#include "tensor-table.h"

namespace paretoscope {
namespace {

// The kind of typed array that holds a type's values; napi_float64_array stands for none, since no type that is used
// here has it.
napi_typedarray_type ArrayFor(TF_DataType type) {
  switch (type) {
    case TF_FLOAT:
    case TF_COMPLEX64:
      return napi_float32_array;
    case TF_INT32:
      return napi_int32_array;
    case TF_INT64:
      return napi_bigint64_array;
    case TF_BOOL:
    case TF_UINT8:
      return napi_uint8_array;
    case TF_HALF:
    case TF_BFLOAT16:
      return napi_uint16_array;
    default:
      return napi_float64_array;
  }
}

bool Fits(napi_typedarray_type array, TF_DataType type) {
  // TensorFlow.js has int64 values as pairs in an Int32Array.
  return array == ArrayFor(type) || (array == napi_int32_array && type == TF_INT64);
}

// How messages on a tensor begin.
struct Prefix {
  const char* user;
  TF_DataType type;
  const std::vector<int64_t>& shape;
  std::string operator+(const std::string& rest) const {
    return std::string(user) + " " + Describe(type, shape) + ": " + rest;
  }
};

// Of a tensor whose elements take `element_bytes` each.
size_t BytesOf(const std::vector<int64_t>& shape, size_t element_bytes, const Prefix& prefix) {
  int64_t bytes = static_cast<int64_t>(element_bytes);
  for (const int64_t size : shape) {
    if (size < 0) throw Failure("wrong-argument", prefix + "a size is negative");
    if (__builtin_mul_overflow(bytes, size, &bytes)) throw Failure("wrong-argument", prefix + "too large");
  }
  return static_cast<size_t>(bytes);
}

OwnedTensor Allocate(TF_DataType type, const std::vector<int64_t>& shape, size_t bytes, const Prefix& prefix) {
  OwnedTensor tensor(Tf().TF_AllocateTensor(type, shape.data(), static_cast<int>(shape.size()), bytes));
  if (tensor == nullptr || (bytes > 0 && Tf().TF_TensorData(tensor.get()) == nullptr)) {
    throw Failure("resource-exhausted", prefix + "no memory for " + std::to_string(bytes) + " bytes");
  }
  return tensor;
}

OwnedTensor StringsFrom(napi_env env, const std::vector<int64_t>& shape, napi_value data, const Prefix& prefix) {
  const size_t bytes_of_all = BytesOf(shape, sizeof(TF_TString), prefix);
  const size_t count = bytes_of_all / sizeof(TF_TString);
  if (!IsArray(env, data) || LengthOf(env, data) != count) {
    throw Failure("wrong-argument", prefix + "expected an array of " + std::to_string(count) + " strings");
  }
  OwnedTensor tensor = Allocate(TF_STRING, shape, bytes_of_all, prefix);
  auto* strings = static_cast<TF_TString*>(Tf().TF_TensorData(tensor.get()));
  for (size_t i = 0; i < count; ++i) Tf().TF_StringInit(&strings[i]);
  for (size_t i = 0; i < count; ++i) {
    const std::string bytes = ToBytes(env, Element(env, data, static_cast<uint32_t>(i)), prefix + "a string");
    Tf().TF_StringCopy(&strings[i], bytes.data(), bytes.size());
  }
  return tensor;
}

napi_value StringsOf(napi_env env, TF_Tensor* tensor) {
  const size_t count = static_cast<size_t>(Tf().TF_TensorElementCount(tensor));
  const auto* strings = static_cast<const TF_TString*>(Tf().TF_TensorData(tensor));
  const napi_value list = Array(env, count);
  for (size_t i = 0; i < count; ++i) {
    const size_t length = Tf().TF_StringGetSize(&strings[i]);
    void* data = nullptr;
    const napi_value bytes = NewTypedArray(env, napi_uint8_array, length, &data);
    if (length > 0) std::memcpy(data, Tf().TF_StringGetDataPointer(&strings[i]), length);
    SetElement(env, list, i, bytes);
  }
  return list;
}

}  // namespace

OwnedTensor TensorFrom(napi_env env, const std::vector<int64_t>& shape, TF_DataType type, napi_value data,
                       const char* user) {
  const Prefix prefix = {user, type, shape};
  if (type == TF_STRING) return StringsFrom(env, shape, data, prefix);
  if (!IsTypedArray(env, data)) throw Failure("wrong-argument", prefix + "expected the values as a typed array");
  const ArrayView view = ViewOf(env, data);
  if (!Fits(view.type, type)) {
    throw Failure("wrong-argument", prefix + "the values came in a typed array of another kind");
  }
  const size_t bytes = BytesOf(shape, Tf().TF_DataTypeSize(type), prefix);
  if (bytes != view.bytes) {
    throw Failure("wrong-argument",
                  prefix + "expected " + std::to_string(bytes) + " bytes of values, got " + std::to_string(view.bytes));
  }
  OwnedTensor tensor = Allocate(type, shape, bytes, prefix);
  if (bytes > 0) std::memcpy(Tf().TF_TensorData(tensor.get()), view.data, bytes);
  return tensor;
}

napi_value ValuesOf(napi_env env, TF_Tensor* tensor) {
  const TF_DataType type = Tf().TF_TensorType(tensor);
  if (type == TF_STRING) return StringsOf(env, tensor);
  const napi_typedarray_type array = ArrayFor(type);
  if (array == napi_float64_array) {
    throw Failure("wrong-argument",
                  std::string("tensorDataSync: values of type ") + TypeName(type) + " cannot be read");
  }
  const size_t bytes = Tf().TF_TensorByteSize(tensor);
  void* data = nullptr;
  const napi_value values = NewTypedArray(env, array, bytes, &data);
  if (bytes > 0) std::memcpy(data, Tf().TF_TensorData(tensor), bytes);
  return values;
}

napi_value DescribedTensor(napi_env env, int32_t id, const std::vector<int64_t>& shape, TF_DataType type) {
  const napi_value sizes = Array(env, shape.size());
  for (size_t i = 0; i < shape.size(); ++i) SetElement(env, sizes, i, Number(env, static_cast<double>(shape[i])));
  const napi_value tensor = Object(env);
  SetProperty(env, tensor, "id", Number(env, id));
  SetProperty(env, tensor, "shape", sizes);
  SetProperty(env, tensor, "dtype", Number(env, type));
  return tensor;
}

}  // namespace paretoscope
