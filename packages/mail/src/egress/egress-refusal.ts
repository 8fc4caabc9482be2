/** The policy does not let us dial this. `malformed`: it is no host name at all. */
export class EgressRefusal extends Error {
  override readonly name = 'EgressRefusal'
  readonly reason: 'malformed' | 'port' | 'address'

  constructor(reason: EgressRefusal['reason']) {
    super(`egress refused: ${reason}`)
    this.reason = reason
  }
}

/** The name has no address, or the resolver did not say in time. */
export class ResolutionFailure extends Error {
  override readonly name = 'ResolutionFailure'
}
