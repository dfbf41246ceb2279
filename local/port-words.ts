/** Why a port could not be had, and what to do, in words. */
export function portWords(error: unknown, port: number, host: string): string {
  const other = 'choose another with --port N';
  if (!(error instanceof Error)) return `port ${port} on ${host} cannot be opened; ${other}`;
  switch ('code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken by another program; ${other}`;
    case 'EACCES':
      return `port ${port} on ${host} is not allowed to this user; ${other}`;
    default:
      return `port ${port} on ${host} cannot be opened (${error.message}); ${other}`;
  }
}
