import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Below what systems give to outgoing connections, so that no connection takes the port while its server restarts. */
const RANGE = { from: 15_000, to: 32_000 };

/** A port of the loopback interface that nothing listens on. Another process may be faster to take it. */
export async function freePort(host: string): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(RANGE.from, RANGE.to);
    if (await canListen(host, port)) return port;
  }
  throw new Error(`no free port from ${RANGE.from} to ${RANGE.to} on ${host}: end what listens there`);
}

/** Whether a port is free. */
export function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Waits until something accepts connections on a port. */
export async function accepting(host: string, port: number, signal: AbortSignal): Promise<void> {
  while (!(await accepts(host, port))) await sleep(50, undefined, { signal });
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
