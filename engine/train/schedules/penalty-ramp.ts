/** lambda(t) = rho * min(1, t / rampSteps), t = step of the continuation (HR-NAS spec 4.2); the whole penalty at once when rampSteps is 0. */
export function penaltyAt(rho: number, step: number, rampSteps: number): number {
  return rampSteps === 0 ? rho : rho * Math.min(1, step / rampSteps);
}
