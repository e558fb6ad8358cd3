// What JavaScript calls (binding.ts says what each does). Every function throws Failure.
#ifndef PARETOSCOPE_CALLS_H_
#define PARETOSCOPE_CALLS_H_

#include "js.h"

namespace paretoscope {

// tensor-calls.cc
napi_value CreateTensor(Call& call);
napi_value DeleteTensor(Call& call);
napi_value TensorDataSync(Call& call);
napi_value ExecuteOp(Call& call);
napi_value ExecuteWith(Call& call);
napi_value OwnTensors(Call& call);

// graph-calls.cc
napi_value GraphNew(Call& call);
napi_value GraphDelete(Call& call);
napi_value GraphPlaceholder(Call& call);
napi_value GraphConst(Call& call);
napi_value GraphOp(Call& call);
napi_value GraphBarrier(Call& call);
napi_value GraphToFunction(Call& call);

// function-calls.cc
napi_value RemoveFunction(Call& call);
napi_value CallFunction(Call& call);
napi_value CallFunctionAsync(Call& call);

}  // namespace paretoscope

#endif  // PARETOSCOPE_CALLS_H_
