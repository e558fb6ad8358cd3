import { singleInput, stringAttr, type OpDefinition } from '../op-definition.ts';

export const activationKinds = ['relu', 'relu6', 'swish', 'sigmoid', 'hard-sigmoid', 'hard-swish', 'gelu', 'tanh'] as const;
export type ActivationKind = (typeof activationKinds)[number];

/** Element by element. Attribute: kind. */
export const activation: OpDefinition = {
  op: 'activation',
  shape(args) {
    const kind = stringAttr(args, 'kind');
    if (!(activationKinds as readonly string[]).includes(kind)) {
      throw new RangeError(`activation '${kind}' is not one of ${activationKinds.join(', ')}`);
    }
    return singleInput(args);
  },
};
