import type { SimConnection } from './sim-connection.ts';

const NOBODY: ReadonlySet<SimConnection> = new Set();

/** Who gets which stream. */
export class StreamRegistry {
  private readonly byStream = new Map<string, Set<SimConnection>>();

  add(connection: SimConnection, stream: string): void {
    const listeners = this.byStream.get(stream);
    if (listeners === undefined) this.byStream.set(stream, new Set([connection]));
    else listeners.add(connection);
    connection.streams.add(stream);
  }

  remove(connection: SimConnection, stream: string): void {
    connection.streams.delete(stream);
    const listeners = this.byStream.get(stream);
    if (listeners?.delete(connection) === true && listeners.size === 0) this.byStream.delete(stream);
  }

  /** The connection is over. */
  leave(connection: SimConnection): void {
    for (const stream of connection.streams) this.remove(connection, stream);
  }

  of(stream: string): ReadonlySet<SimConnection> {
    return this.byStream.get(stream) ?? NOBODY;
  }

  /** Somebody gets it. */
  has(stream: string): boolean {
    return this.byStream.has(stream);
  }
}
