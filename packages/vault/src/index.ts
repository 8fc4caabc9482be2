export { assertCanaries } from './assert-canaries.ts'
export { generateKeyRingEntry, KeyRingError, parseKeyRing, type KeyRing } from './key-ring.ts'
export { UnsealError, type SealedSecret } from './sealing.ts'
export { createVault, type CredentialBinding, type CredentialField, type Vault } from './vault.ts'
