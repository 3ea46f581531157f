// Node before 22.21 and 24.5 reads no proxy variables. Here it asks the gateway for a tunnel to every host but this one.
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
const proxy = process.env.http_proxy;
if (proxy && !(major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21))) {
  const http = require('http');
  const https = require('https');
  const net = require('net');
  const { hostname, port } = new URL(proxy);
  const here = (host) => ['localhost', '127.0.0.1', '::1', '[::1]'].includes(host);

  const tunnel = (host, to, done) => {
    const authority = (net.isIPv6(host) ? '[' + host + ']' : host) + ':' + to;
    const request = http.request({
      host: hostname, port, method: 'CONNECT', path: authority, headers: { host: authority }, agent: false,
    });
    request.once('connect', (response, socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        done(new Error('the gateway refused ' + authority + ': ' + response.statusCode + ' ' + response.statusMessage));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      done(null, socket);
    });
    request.once('error', done);
    request.end();
  };

  const secured = (socket, options) => {
    const name = options.servername || options.host || options.hostname;
    return require('tls').connect({ ...options, socket, servername: net.isIP(name) ? undefined : name, path: undefined });
  };

  const through = (module, usual, secure) => class extends module.Agent {
    createConnection(options, done) {
      const host = options.host || options.hostname;
      if (options.socketPath || here(host)) return super.createConnection(options, done);
      tunnel(host, options.port || usual, (failed, socket) =>
        failed ? done(failed) : done(null, secure ? secured(socket, options) : socket));
      return undefined;
    }
  };
  http.globalAgent = new (through(http, 80, false))({ keepAlive: true, timeout: 5000 });
  https.globalAgent = new (through(https, 443, true))({ keepAlive: true, timeout: 5000 });

  // The one way to a dispatcher of fetch that Node brings: its class, by an instance.
  const key = Symbol.for('undici.globalDispatcher.1');
  const given = globalThis.fetch;
  if (typeof given === 'function') {
    const prepare = () => {
      const before = globalThis[key];
      if (!before || before.constructor.name !== 'Agent') return;
      globalThis[key] = new before.constructor({
        connect: (options, done) => {
          const secure = options.protocol === 'https:';
          const to = options.port || (secure ? 443 : 80);
          if (here(options.hostname)) {
            const socket = secure
              ? require('tls').connect({ host: options.hostname, port: to, servername: options.servername || undefined, ALPNProtocols: ['http/1.1'] })
              : net.connect({ host: options.hostname, port: to });
            socket.once(secure ? 'secureConnect' : 'connect', () => done(null, socket)).once('error', done);
            return;
          }
          tunnel(options.hostname, to, (failed, socket) => {
            if (failed || !secure) return done(failed, socket);
            const tls = secured(socket, { host: options.hostname, servername: options.servername, ALPNProtocols: ['http/1.1'] });
            tls.once('secureConnect', () => done(null, tls)).once('error', done);
          });
        },
      });
    };
    let prepared = false;
    globalThis.fetch = function fetch(...words) {
      if (!prepared) {
        prepared = true;
        given('data:,').catch(() => {});
        prepare();
      }
      return given.apply(this, words);
    };
  }
}
