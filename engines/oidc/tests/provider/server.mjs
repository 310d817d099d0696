// A certified OpenID provider on a free port of loopback. Anybody signs in with any password. It prints its issuer, and reads what its clients
// are as one line of JSON: redirect_uri, post_logout_redirect_uri, backchannel_logout_uri, audience, scope, email_verified.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import Provider from 'oidc-provider';

const jwk = (kid, type, options) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), kid });

const client = (hub, client_id, algorithm, more) => ({
  client_id,
  redirect_uris: [hub.redirect_uri],
  post_logout_redirect_uris: [hub.post_logout_redirect_uri],
  backchannel_logout_uri: hub.backchannel_logout_uri,
  backchannel_logout_session_required: true,
  id_token_signed_response_alg: algorithm,
  ...more,
});

const secret = 's3cret & more';

const configuration = (hub) => ({
  clients: [
    client(hub, 'hub', 'RS256', { client_secret: secret }),
    client(hub, 'hub-post', 'ES256', { client_secret: secret, token_endpoint_auth_method: 'client_secret_post' }),
    client(hub, 'hub-public', 'EdDSA', { token_endpoint_auth_method: 'none' }),
    client(hub, 'hub-ed25519', 'Ed25519', { client_secret: secret }),
    client(hub, 'hub-pss', 'PS256', { client_secret: secret }),
    {
      client_id: 'robot', client_secret: secret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
    },
  ],
  jwks: {
    keys: [
      jwk('rsa', 'rsa', { modulusLength: 2048 }),
      jwk('p256', 'ec', { namedCurve: 'P-256' }),
      jwk('ed25519', 'ed25519', {}),
    ],
  },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] },
  claims: { email: ['email', 'email_verified'], profile: ['name', 'preferred_username'], groups: ['groups'] },
  cookies: { keys: ['a key for the tests'] },
  features: {
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: hub.scope, audience: hub.audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  // The provider's own guard refuses loopback, where the test listens.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  findAccount: (_, accountId) => ({
    accountId,
    claims: () => ({
      sub: accountId, email: `${accountId}@shop.example`, email_verified: hub.email_verified ?? true, name: 'Jane Doe', preferred_username: 'jane',
      groups: ['admins', 'testers'],
    }),
  }),
});

// at_hash is optional in the code flow, and this provider leaves it out there; its own code for other flows makes it.
const hashAccessTokens = ({ IdToken }) => {
  const { issue } = IdToken.prototype;
  IdToken.prototype.issue = function (options) {
    const accessToken = Provider.ctx?.oidc.entities.AccessToken;
    if (options.use === 'idtoken' && accessToken) {
      this.set('at_hash', accessToken.jti);
    }
    return issue.call(this, options);
  };
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  createInterface({ input: process.stdin }).once('line', (line) => {
    const provider = new Provider(issuer, configuration(JSON.parse(line)));
    hashAccessTokens(provider);
    server.on('request', provider.callback());
    console.log(JSON.stringify({ ready: true }));
  });
  console.log(JSON.stringify({ issuer }));
});
