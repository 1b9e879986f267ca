/** What can be wrong with a server's answer. */
import { type Answer, type Fault, send } from './faulty-server.ts';

/** The connection ends after so many bytes of the body. */
export function cutAfter(bytes: number): Fault {
  return ({ response, status, headers, body }) => {
    response.writeHead(status, { 'content-length': body.length, ...headers });
    response.flushHeaders();
    response.write(body.subarray(0, bytes), () => response.destroy());
    return true;
  };
}

/** Nothing is answered at all. */
export const hangUp: Fault = ({ response }) => {
  response.destroy();
  return true;
};

export function flippedBit(byte: number, bit: number): Fault {
  return answer => {
    const body = Buffer.from(answer.body);
    body[byte % body.length] = (body[byte % body.length] ?? 0) ^ (1 << bit);
    answer.body = body;
    return false;
  };
}

/** A whole answer that has only the first bytes of the file. */
export function shortened(bytes: number): Fault {
  return answer => {
    answer.body = answer.body.subarray(0, bytes);
    return false;
  };
}

/** Bytes without an end, none announced. */
export const endless: Fault = ({ response }) => {
  const piece = Buffer.alloc(65_536, 'x');
  response.writeHead(200);
  const more = () => {
    while (!response.destroyed && response.write(piece)) {
      // The next piece.
    }
  };
  response.on('drain', more);
  more();
  return true;
};

/** A byte now and then. */
export function dripping(everyMs: number): Fault {
  return ({ response, status, headers, body }) => {
    response.writeHead(status, { 'content-length': body.length, ...headers });
    let at = 0;
    const timer = setInterval(() => {
      response.write(body.subarray(at, ++at));
      if (at === body.length) response.end();
    }, everyMs);
    response.on('close', () => clearInterval(timer));
    return true;
  };
}

export function status(code: number, headers: Record<string, string> = {}): Fault {
  return answer => instead(answer, code, Buffer.from(`status ${code}`), headers);
}

/** Where an honest server has it: a client that followed would get on. */
export const redirected: Fault = answer =>
  instead(answer, 302, Buffer.alloc(0), { location: `${answer.request.url}?again` });

export const htmlPage: Fault = answer =>
  instead(answer, 200, Buffer.from('<html><body>Sign in to this network</body></html>'), {
    'content-type': 'text/html',
  });

/** It lies about how much is to come, and sends all there is. */
export function wrongContentLength(difference: number): Fault {
  return ({ response, status, headers, body }) => {
    // By hand: node would not send what does not fit its own header.
    const { socket } = response;
    const lines = { ...headers, 'content-length': body.length + difference };
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
    socket?.write(`HTTP/1.1 ${status} OK\r\n${head.join('')}\r\n`);
    socket?.end(body);
    return true;
  };
}

export const ignoredRange: Fault = answer => {
  if (answer.file === undefined) return false;
  answer.status = 200;
  answer.body = answer.file;
  delete answer.headers['content-range'];
  return false;
};

/** Partial content, but of another part than was asked for. */
export const wrongContentRange: Fault = answer => {
  if (answer.status !== 206 || answer.file === undefined) return false;
  const { length } = answer.file;
  answer.body = answer.file.subarray(1);
  answer.headers['content-range'] = `bytes 1-${length - 1}/${length}`;
  return false;
};

/** Says it is compressed once more. */
export const encoded: Fault = answer => {
  answer.headers['content-encoding'] = 'gzip';
  return false;
};

/** What another file holds. */
export function otherBytes(bytes: Buffer): Fault {
  return answer => {
    answer.status = 200;
    answer.body = bytes;
    return false;
  };
}

function instead(answer: Answer, code: number, body: Buffer, headers: Record<string, string>): true {
  send({ ...answer, status: code, body, headers });
  return true;
}
