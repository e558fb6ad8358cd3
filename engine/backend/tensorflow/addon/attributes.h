// Attributes of an op from JavaScript: one reader for eager ops and for nodes of a graph.
#ifndef PARETOSCOPE_ATTRIBUTES_H_
#define PARETOSCOPE_ATTRIBUTES_H_

#include <node_api.h>

#include <cstdint>
#include <string>

#include "tf_api.h"

namespace paretoscope {

// Sets every attribute of `list` (NativeAttribute[] of binding.ts). `op` is the op's name, for messages. Throws Failure
// for a value that is not of the attribute's type.
void SetAttributes(napi_env env, napi_value list, TFE_Op* target, const std::string& op);
void SetAttributes(napi_env env, napi_value list, TF_OperationDescription* target, const std::string& op);

// The length of a list of inputs as an attribute says it: a number, or how many types a list has. Throws Failure when
// it is not there.
int64_t LengthFromAttribute(napi_env env, napi_value list, const std::string& attribute, const std::string& op);

}  // namespace paretoscope

#endif  // PARETOSCOPE_ATTRIBUTES_H_
