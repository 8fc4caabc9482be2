/** So many attempts in so much time, counted from the first of them. */
export interface AttemptLimit {
  readonly attempts: number
  readonly seconds: number
}

/** Limits by what an attempt is counted under. Each list is in force as a whole; the longest wait is told. */
export interface AttemptLimits {
  /** From one network. Checked first, so that a network that is shut out cannot use up anybody's address. */
  readonly network: readonly AttemptLimit[]
  /** From one network for one address: the lock a person meets who mistypes. */
  readonly pair: readonly AttemptLimit[]
  /** For one address from anywhere: what a botnet gets. */
  readonly address: readonly AttemptLimit[]
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Failed sign-ins; a success gives its attempt back. A person is locked for a minute, a quarter of an hour, then a day. */
export const SIGN_IN_LIMITS: AttemptLimits = {
  network: [
    { attempts: 50, seconds: 5 * MINUTE },
    { attempts: 300, seconds: DAY },
  ],
  pair: [
    { attempts: 5, seconds: MINUTE },
    { attempts: 10, seconds: 15 * MINUTE },
    { attempts: 20, seconds: DAY },
  ],
  address: [
    { attempts: 30, seconds: 15 * MINUTE },
    { attempts: 100, seconds: DAY },
  ],
}

/** Every attempt to sign up counts, also one that succeeds: "is this address taken?" is what they can be used to ask.
 * A network is as large as an office or a test suite, hence the room. */
export const SIGN_UP_LIMITS: AttemptLimits = {
  network: [
    { attempts: 120, seconds: HOUR },
    { attempts: 500, seconds: DAY },
  ],
  pair: [],
  address: [
    { attempts: 5, seconds: HOUR },
    { attempts: 10, seconds: DAY },
  ],
}

/** Wrong current passwords; the "address" is the user. */
export const CHANGE_PASSWORD_LIMITS: AttemptLimits = {
  network: [],
  pair: [],
  address: [
    { attempts: 5, seconds: 15 * MINUTE },
    { attempts: 20, seconds: DAY },
  ],
}
