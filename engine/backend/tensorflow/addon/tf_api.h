// The functions of TensorFlow's C API that the addon uses, as a table of pointers. The addon does not link TensorFlow:
// the table is filled from the libraries of an installed wheel, so that one build serves every installation.
#ifndef PARETOSCOPE_TF_API_H_
#define PARETOSCOPE_TF_API_H_

#include <string>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"
#include "tensorflow/c/eager/c_api_experimental.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tstring.h"

// One line a function; a missing one is an error when the libraries are loaded.
#define PARETOSCOPE_TF_FUNCTIONS(X)                  \
  X(TF_Version)                                      \
  /* status, buffers, tensors */                     \
  X(TF_NewStatus)                                    \
  X(TF_DeleteStatus)                                 \
  X(TF_SetStatus)                                    \
  X(TF_GetCode)                                      \
  X(TF_Message)                                      \
  X(TF_NewBuffer)                                    \
  X(TF_DeleteBuffer)                                 \
  X(TF_DataTypeSize)                                 \
  X(TF_AllocateTensor)                               \
  X(TF_DeleteTensor)                                 \
  X(TF_TensorType)                                   \
  X(TF_NumDims)                                      \
  X(TF_Dim)                                          \
  X(TF_TensorByteSize)                               \
  X(TF_TensorElementCount)                           \
  X(TF_TensorData)                                   \
  X(TF_TensorMaybeMove)                              \
  X(TF_StringInit)                                   \
  X(TF_StringCopy)                                   \
  X(TF_StringGetSize)                                \
  X(TF_StringGetDataPointer)                         \
  X(TF_StringDealloc)                                \
  /* context */                                      \
  X(TFE_NewContextOptions)                           \
  X(TFE_ContextOptionsSetConfig)                     \
  X(TFE_DeleteContextOptions)                        \
  X(TFE_NewContext)                                  \
  X(TFE_DeleteContext)                               \
  X(TFE_ContextListDevices)                          \
  X(TFE_ContextAddFunction)                          \
  X(TFE_ContextRemoveFunction)                       \
  X(TF_DeleteDeviceList)                             \
  X(TF_DeviceListCount)                              \
  X(TF_DeviceListName)                               \
  X(TF_DeviceListType)                               \
  X(TF_DeviceListMemoryBytes)                        \
  /* tensors on devices, eager ops */                \
  X(TFE_DeleteTensorHandle)                          \
  X(TFE_TensorHandleCopyToDevice)                    \
  X(TFE_TensorHandleDataType)                        \
  X(TFE_TensorHandleNumDims)                         \
  X(TFE_TensorHandleDim)                             \
  X(TFE_TensorHandleResolve)                         \
  X(TFE_NewOp)                                       \
  X(TFE_DeleteOp)                                    \
  X(TFE_OpSetDevice)                                 \
  X(TFE_OpAddInput)                                  \
  X(TFE_OpAddInputList)                              \
  X(TFE_OpSetAttrString)                             \
  X(TFE_OpSetAttrStringList)                         \
  X(TFE_OpSetAttrInt)                                \
  X(TFE_OpSetAttrIntList)                            \
  X(TFE_OpSetAttrFloat)                              \
  X(TFE_OpSetAttrFloatList)                          \
  X(TFE_OpSetAttrBool)                               \
  X(TFE_OpSetAttrBoolList)                           \
  X(TFE_OpSetAttrType)                               \
  X(TFE_OpSetAttrTypeList)                           \
  X(TFE_OpSetAttrShape)                              \
  X(TFE_OpSetAttrShapeList)                          \
  X(TFE_Execute)                                     \
  /* graphs and functions */                         \
  X(TF_NewGraph)                                     \
  X(TF_DeleteGraph)                                  \
  X(TF_GraphGetOpDef)                                \
  X(TF_GraphGetTensorNumDims)                        \
  X(TF_GraphGetTensorShape)                          \
  X(TF_NewOperation)                                 \
  X(TF_AddInput)                                     \
  X(TF_AddControlInput)                              \
  X(TF_AddInputList)                                 \
  X(TF_FinishOperation)                              \
  X(TF_OperationNumOutputs)                          \
  X(TF_OperationOutputType)                          \
  X(TF_SetAttrString)                                \
  X(TF_SetAttrStringList)                            \
  X(TF_SetAttrInt)                                   \
  X(TF_SetAttrIntList)                               \
  X(TF_SetAttrFloat)                                 \
  X(TF_SetAttrFloatList)                             \
  X(TF_SetAttrBool)                                  \
  X(TF_SetAttrBoolList)                              \
  X(TF_SetAttrType)                                  \
  X(TF_SetAttrTypeList)                              \
  X(TF_SetAttrShape)                                 \
  X(TF_SetAttrShapeList)                             \
  X(TF_SetAttrTensor)                                \
  X(TF_GraphToFunction)                              \
  X(TF_DeleteFunction)                               \
  /* ops of our own */                               \
  X(TF_NewOpDefinitionBuilder)                       \
  X(TF_DeleteOpDefinitionBuilder)                    \
  X(TF_OpDefinitionBuilderAddInput)                  \
  X(TF_OpDefinitionBuilderAddOutput)                 \
  X(TF_OpDefinitionBuilderAddAttr)                   \
  X(TF_OpDefinitionBuilderSetIsStateful)             \
  X(TF_OpDefinitionBuilderSetShapeInferenceFunction) \
  X(TF_RegisterOpDefinition)                         \
  X(TF_NewShapeHandle)                               \
  X(TF_DeleteShapeHandle)                            \
  X(TF_NewDimensionHandle)                           \
  X(TF_DeleteDimensionHandle)                        \
  X(TF_DimensionHandleValueKnown)                    \
  X(TF_DimensionHandleValue)                         \
  X(TF_ShapeInferenceContextNumInputs)               \
  X(TF_ShapeInferenceContextGetInput)                \
  X(TF_ShapeInferenceContextSetOutput)               \
  X(TF_ShapeInferenceContextSetUnknownShape)         \
  X(TF_ShapeInferenceContextScalar)                  \
  X(TF_ShapeInferenceContextVectorFromSize)          \
  X(TF_ShapeInferenceContextRank)                    \
  X(TF_ShapeInferenceContextRankKnown)               \
  X(TF_ShapeInferenceContextWithRank)                \
  X(TF_ShapeInferenceContextWithRankAtLeast)         \
  X(TF_ShapeInferenceContextDim)                     \
  X(TF_ShapeInferenceContextSubshape)                \
  X(TF_ShapeInferenceContextConcatenateShapes)       \
  X(TF_ShapeInferenceContext_GetAttrType)            \
  /* kernels of our own */                           \
  X(TF_NewKernelBuilder)                             \
  X(TF_DeleteKernelBuilder)                          \
  X(TF_KernelBuilder_TypeConstraint)                 \
  X(TF_KernelBuilder_HostMemory)                     \
  X(TF_RegisterKernelBuilder)                        \
  X(TF_OpKernelConstruction_Failure)                 \
  X(TF_OpKernelConstruction_HasAttr)                 \
  X(TF_OpKernelConstruction_GetAttrSize)             \
  X(TF_OpKernelConstruction_GetAttrType)             \
  X(TF_OpKernelConstruction_GetAttrInt32)            \
  X(TF_OpKernelConstruction_GetAttrInt64)            \
  X(TF_OpKernelConstruction_GetAttrFloat)            \
  X(TF_OpKernelConstruction_GetAttrBool)             \
  X(TF_OpKernelConstruction_GetAttrString)           \
  X(TF_OpKernelConstruction_GetAttrInt32List)        \
  X(TF_OpKernelConstruction_GetAttrInt64List)        \
  X(TF_OpKernelConstruction_GetAttrFloatList)        \
  X(TF_OpKernelContext_Failure)                      \
  X(TF_NumInputs)                                    \
  X(TF_NumOutputs)                                   \
  X(TF_GetInput)                                     \
  X(TF_SetOutput)                                    \
  X(TF_ExpectedOutputDataType)                       \
  X(TF_AllocateOutput)                               \
  X(TF_ForwardInputOrAllocateOutput)                 \
  X(TF_AllocateTemp)

namespace paretoscope {

// Fields are called like the functions that they point to: tf.TF_NewStatus().
struct TfApi {
#define PARETOSCOPE_FIELD(name) decltype(&::name) name = nullptr;
  PARETOSCOPE_TF_FUNCTIONS(PARETOSCOPE_FIELD)
#undef PARETOSCOPE_FIELD
  // The headers overload this one for C++.
  TFE_TensorHandle* (*TFE_NewTensorHandle)(const TF_Tensor*, TF_Status*) = nullptr;
};

// The process's table. Its pointers are null until LoadTensorFlow has returned; they never change afterwards.
const TfApi& Tf();

// Loads the libraries from `folder`, fills the table and registers our own ops and kernels (kernels/register.h). Once a
// process: a second call with the same folder returns at once. `threads` is for our own kernels. Throws Failure with
// the path of a library that is missing or cannot be loaded, the name of a function that is missing, or the folder or
// number of threads of the first call if they differ.
void LoadTensorFlow(const std::string& folder, int threads);

}  // namespace paretoscope

#endif  // PARETOSCOPE_TF_API_H_
