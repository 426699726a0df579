/** `registry.example.com/api` of `registry.example.com/api:7`, as Docker shows it: without Docker Hub's own name, tag and digest. */
export function repositoryOf(reference: string): string {
  const [named = ""] = reference.split("@");
  return named
    .replace(/^(?:index\.)?docker\.io\//, "")
    .replace(/^library\//, "")
    .replace(/:[^/]*$/, "");
}
