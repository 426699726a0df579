/** nginx with one worker, in the foreground, writing below one folder only. @param http what its `http` block has of its own */
export function nginxConfiguration(folder: string, http: string): string {
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
${http}
}
`;
}

/** The command for such a configuration in a file. */
export function nginxCommand(file: string): readonly [string, ...string[]] {
  return ["nginx", "-c", file, "-e", "stderr"];
}
