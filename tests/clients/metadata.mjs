// What the clients say of themselves, to the authorization server.

/** Where the document of a client would be that doesn't register. */
export const DOCUMENT = 'https://client.example.com/metadata.json';

export const CALLBACK = 'http://127.0.0.1:33418/callback';

/** As a client registers that wants to stay signed in. */
export const CLIENT = {
  client_name: 'Files, by hand',
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

export const METADATA = { client_id: DOCUMENT, application_type: 'native', ...CLIENT };
