import { readFile } from 'node:fs/promises'
import { createEgressPolicy, type EgressPolicy } from '@maildock/mail'
import type { Config } from '../config/config-schema.ts'
import { StartupProblem } from '../startup-problem.ts'

/** Whom this installation may dial and whom it believes: one policy for verification, synchronisation and sending. */
export async function openMailPolicy(config: Config): Promise<EgressPolicy> {
  const extraCa = config.MAIL_CA_FILE === undefined ? [] : [await readCaFile(config.MAIL_CA_FILE)]
  return createEgressPolicy({ allowHosts: config.MAIL_ALLOW_HOSTS, allowPorts: config.MAIL_ALLOW_PORTS, extraCa })
}

async function readCaFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new StartupProblem(`MAIL_CA_FILE: ${file} cannot be read.`, [], { cause })
  }
}
