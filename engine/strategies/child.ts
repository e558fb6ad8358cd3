import { admission } from './admission.ts';
import { mutate } from './mutate.ts';
import type { FinishedTrial, Proposal, StrategyContext } from './strategy.ts';

/** Parents and changes that are drawn before it gives up. */
const maxDraws = 400;

/** One choice of a parent changed; a network that was tried before or lies outside the limits is drawn anew, parent and all. Undefined when none is found. */
export function childOf(context: StrategyContext, drawParent: () => FinishedTrial): Proposal | undefined {
  const { space, rng } = context;
  const admit = admission(context);
  for (let draw = 0; draw < maxDraws; draw++) {
    const parent = drawParent();
    const changed = mutate(space, parent.arch, rng);
    const arch = changed === undefined ? undefined : admit(changed);
    if (arch !== undefined) return { arch, parents: [parent.number], operator: 'mutate' };
  }
  return undefined;
}
