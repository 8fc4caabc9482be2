import type { HostEvent, HostState } from './host-state.ts'

/** What is known at one moment. Hosts that are not in it are well. */
export interface SharedView {
  /** Live worker processes, this one included. */
  readonly processes: number
  readonly states: ReadonlyMap<string, HostState>
}

/** What processes tell each other about mail hosts. Times are of this process's `Date.now()`. */
export interface SharedHosts {
  read(hosts: readonly string[]): Promise<SharedView>
  /** @returns what is known from now on */
  record(host: string, event: HostEvent): Promise<HostState>
  /** The right to try a host that is down for all, for half a minute or until the next event. False: somebody has it, or it is too early. */
  claimProbe(host: string): Promise<boolean>
  /** Gives that right back unused. Only for who has it. */
  releaseProbe(host: string): Promise<void>
}
