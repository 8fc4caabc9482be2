import type { ServerOptions } from 'node:http'

/**
 * Options for the server that runs the app: a client that sends its headers or body drop by drop is let go. Answers may take
 * longer (a verification 15 s, a live stream hours): nothing here bounds them.
 */
export const HTTP_SERVER_OPTIONS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** Longer than the idle timeout of common proxies, so that they close first and never write into a closing socket. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 32_768,
}
