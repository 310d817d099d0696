// A SAML identity provider (npm's samlp) on a free port of loopback. It prints its address with its metadata, reads the hub's addresses as
// one line of JSON, and signs everybody in as who the query of its own address says.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import samlp from 'samlp';

const folder = mkdtempSync(join(tmpdir(), 'sbh-saml-'));
const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=TEST ONLY', '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
const [key, cert] = [readFileSync(keyFile), readFileSync(certFile)];
rmSync(folder, { recursive: true });

const bare = cert.toString().replace(/-----.*-----|\s/g, '');
const page = (fields, url) => `<!DOCTYPE html><title>Identity provider</title><form method="post" action="${url}">${Object.entries(fields)
  .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
  .join('')}<button>Sign in as who you are</button></form>`;

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const home = `http://127.0.0.1:${server.address().port}`;
  const issuer = `${home}/metadata`;
  const metadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${issuer}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${bare}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${home}/slo"/><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${home}/sso"/></IDPSSODescriptor></EntityDescriptor>`;
  console.log(JSON.stringify({ home, issuer, key: key.toString(), cert: cert.toString() }));
  createInterface({ input: process.stdin }).once('line', (line) => {
    const { audience, acs, person } = JSON.parse(line);
    const respond = (inResponseTo, relayState, response) => {
      const options = {
        issuer, cert, key, audience, inResponseTo, destination: acs, recipient: acs, sessionIndex: 'session-1', signatureAlgorithm: 'rsa-sha256',
        digestAlgorithm: 'sha256', authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
        profileMapper: () => ({
          getClaims: () => ({ mail: person.email, displayName: person.name, groups: person.groups }),
          getNameIdentifier: () => ({ nameIdentifier: person.id, nameIdentifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' }),
        }),
      };
      samlp.getSamlResponse(options, {}, (error, xml) => {
        if (error) throw error;
        const fields = { SAMLResponse: Buffer.from(xml).toString('base64'), ...(relayState && { RelayState: relayState }) };
        response.setHeader('Content-Type', 'text/html');
        response.end(page(fields, acs));
      });
    };
    server.on('request', (request, response) => {
      const url = new URL(request.url, home);
      const query = Object.fromEntries(url.searchParams);
      if (url.pathname === '/metadata') {
        response.setHeader('Content-Type', 'application/samlmetadata+xml');
        response.end(metadata);
      } else if (url.pathname === '/sso') {
        samlp.parseRequest({ query, body: {}, url: request.url, method: 'GET', headers: {} }, (error, asked) => (error ? response.writeHead(400).end(String(error)) : respond(asked.id, query.RelayState, response)));
      } else if (url.pathname === '/unasked') {
        respond(undefined, undefined, response);
      } else {
        response.writeHead(404).end();
      }
    });
    console.log(JSON.stringify({ ready: true }));
  });
});
