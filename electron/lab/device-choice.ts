/** What computes, as far as somebody has said so. */
export interface DeviceChoice {
  readonly backend?: string;
  readonly threads?: number;
}

/** These two of a larger request, without those that were left out. */
export function deviceChoice({ backend, threads }: DeviceChoice): DeviceChoice {
  return { ...(backend === undefined ? {} : { backend }), ...(threads === undefined ? {} : { threads }) };
}
