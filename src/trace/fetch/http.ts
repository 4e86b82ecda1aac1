import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as plainRequest,
  type RequestOptions,
} from "node:http";
import { request as secureRequest } from "node:https";
import { connect } from "node:tls";
import { VERSION } from "../../version.js";
import { proxyFor, proxyOptions, tunnel } from "./proxy.js";

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 10;

/**
 * Asks for an http(s) address, through the environment's proxy if it names one, and follows redirects. The answer's
 * body is as it was sent, and fails where nothing comes for `silence_ms`. The caller reads or destroys it.
 */
export async function get(address: string, headers: OutgoingHttpHeaders, silence_ms: number): Promise<IncomingMessage> {
  let url = new URL(address);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const answer = await ask(url, headers, silence_ms);
    const { location } = answer.headers;
    if (!REDIRECTS.includes(answer.statusCode!) || location === undefined) return answer;
    answer.destroy();
    url = new URL(location, url);
    if (!/^https?:$/.test(url.protocol)) throw new Error(`redirected to ${url.protocol}, which is no web address`);
  }
  throw new Error(`redirected more than ${MOST_REDIRECTS} times`);
}

async function ask(url: URL, headers: OutgoingHttpHeaders, silence_ms: number): Promise<IncomingMessage> {
  const proxy = proxyFor(url, process.env);
  const options: RequestOptions = {
    headers: { ...headers, "user-agent": `replaybook/${VERSION}` },
    agent: false,
    timeout: silence_ms,
  };
  if (url.protocol === "http:") {
    if (proxy === null) return answerOf(plainRequest, url, options, silence_ms);
    const { headers: user, ...where } = proxyOptions(proxy);
    const through = { ...options, ...where, path: url.href, headers: { ...options.headers, ...user, host: url.host } };
    return answerOf(plainRequest, proxy, through, silence_ms);
  }
  if (proxy === null) return answerOf(secureRequest, url, options, silence_ms);
  const socket = await tunnel(proxy, url.hostname, Number(url.port || 443), silence_ms);
  const createConnection = () => connect({ socket, servername: url.hostname });
  return answerOf(secureRequest, url, { ...options, createConnection }, silence_ms);
}

function answerOf(
  request: typeof plainRequest,
  url: URL,
  options: RequestOptions,
  silence_ms: number,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | null = null;
    const asked = request(url, options);
    asked
      .on("response", (response) => {
        answer = response;
        resolve(response);
      })
      .on("timeout", () => (answer ?? asked).destroy(new Error(`nothing came for ${silence_ms / 1000} s`)))
      .on("error", reject)
      .end();
  });
}
