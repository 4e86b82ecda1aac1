/** A number of bytes as it stands in messages: "143 MB", "1.2 MB", "320 kB", "17 bytes". */
export function megabytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  const inMegabytes = bytes / 1e6;
  return `${inMegabytes < 9.95 ? inMegabytes.toFixed(1) : Math.round(inMegabytes).toLocaleString("en-US")} MB`;
}
