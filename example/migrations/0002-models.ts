export const models = `
  CREATE TABLE chat_models (
    id text PRIMARY KEY,
    provider text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  INSERT INTO chat_models (id, provider) VALUES ('harbour-1', 'local');
`;
