/** Who speaks over a connection. */
export interface Caller {
  readonly applicationId: number;
  readonly userId: number;
  readonly username: string;
  /** What their app says it is. */
  readonly userAgent?: string;
  /** The session that this connection is. */
  readonly userSessionId: number;
}
