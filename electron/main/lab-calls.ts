import { methodChannel } from '../ipc/channels.ts';
import { checkCall, doCall } from '../ipc/handle-call.ts';
import type { PathGrants } from '../ipc/grants.ts';
import { labMethods } from '../ipc/methods.ts';
import type { LabMethod } from '../ipc/methods.ts';
import type { PlacesApi } from '../ipc/places.ts';
import type { LabApi } from '../ipc/contract.ts';
import { handle } from './handle.ts';
import type { LabLink } from './lab-link.ts';

/** What the window does itself. */
type WindowPlaces = Omit<PlacesApi, 'readArchitecture'>;

/** Binds every operation to its channel: checked here, then done by the lab's process, or here where it needs a dialog of the system. */
export function bindLab(link: Pick<LabLink, 'call'>, grants: PathGrants, places: WindowPlaces): void {
  for (const method of labMethods) {
    handle(methodChannel(method), (_event, args) => {
      const call = checkCall(method, args, grants);
      return isPlace(method, places) ? doCall(places as unknown as LabApi, call) : link.call(call);
    });
  }
}

function isPlace(method: LabMethod, places: WindowPlaces): method is keyof WindowPlaces {
  return Object.hasOwn(places, method);
}
