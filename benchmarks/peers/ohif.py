"""OHIF on Orthanc: the built viewer from npm behind nginx, which also passes DICOMweb on, all on one origin.

Nothing of either is kept here: npm fetches the package when the benchmark runs, Orthanc and nginx are the system's.
"""

import grp
import gzip
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.running_system import free_port

VERSION = "3.13.2"
_PLUGINS = "/usr/share/orthanc/plugins"
_COMPRESSED = (".js", ".css", ".wasm", ".html", ".json", ".svg")

_DATA_SOURCES = """dataSources: [{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
    sourceName: 'ohif',
    configuration: {
      friendlyName: 'Orthanc', name: 'orthanc',
      wadoUriRoot: '/dicom-web', qidoRoot: '/dicom-web', wadoRoot: '/dicom-web',
      qidoSupportsIncludeField: true, supportsFuzzyMatching: false, supportsWildcard: true,
      imageRendering: 'wadors', thumbnailRendering: 'wadors', enableStudyLazyLoad: true,
      omitQuotationForMultipartRequest: true,
    },
  }],"""

_NGINX = """
user {user};
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  sendfile on;
  tcp_nodelay on;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream orthanc {{ server 127.0.0.1:{orthanc_port}; keepalive 32; }}
  server {{
    listen 127.0.0.1:{port};
    root {folder}/app;
    gzip_static on;
    add_header Cross-Origin-Opener-Policy same-origin;
    add_header Cross-Origin-Embedder-Policy require-corp;
    location / {{ try_files $uri /index.html; }}
    location ~ bundle {{
      add_header Cross-Origin-Opener-Policy same-origin;
      add_header Cross-Origin-Embedder-Policy require-corp;
      add_header Cache-Control "public, max-age=31536000, immutable";
    }}
    location /dicom-web/ {{
      proxy_pass http://orthanc;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_max_temp_file_size 0;
      proxy_buffers 64 64k;
      proxy_buffer_size 64k;
      proxy_busy_buffers_size 128k;
    }}
  }}
}}
"""


@contextmanager
def ohif(folder: Path, package_dir: Path, sources: list[Path]) -> Iterator[str]:
    """Run both on folders of their own with these files stored, and give the address of the list."""
    for program in ("Orthanc", "nginx", "npm"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed.")
    shutil.copytree(_app(package_dir), folder / "app")
    port, orthanc_port = free_port(), free_port()
    (folder / "orthanc.json").write_text(json.dumps(_orthanc_settings(folder, orthanc_port)))
    (folder / "nginx.conf").write_text(
        _NGINX.format(folder=folder, port=port, orthanc_port=orthanc_port, user=_user())
    )
    commands = [
        ["Orthanc", str(folder / "orthanc.json")],
        ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")],
    ]
    processes = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        _wait_until_it_answers(f"http://127.0.0.1:{orthanc_port}/system")
        for file in sorted(path for source in sources for path in source.rglob("*.dcm")):
            _store(f"http://127.0.0.1:{orthanc_port}/instances", file)
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in processes:
            process.terminate()
            process.wait(30)


def _user() -> str:
    """Name the user and the group who run this, because root's nginx would else read as somebody who may not enter the folder."""
    return f"{pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name}"


def _app(package_dir: Path) -> Path:
    """Fetch the package unless it is there, point it at Orthanc, and compress it as a web server would deliver it."""
    app = package_dir / f"ohif-{VERSION}"
    if app.exists():
        return app
    package_dir.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["npm", "pack", "--silent", f"@ohif/app@{VERSION}"],
        cwd=package_dir,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    archive = package_dir / f"ohif-app-{VERSION}.tgz"
    with tarfile.open(archive) as package:
        package.extractall(package_dir, filter="data")
    archive.unlink()
    built = package_dir / "package" / "dist"
    configuration = built / "app-config.js"
    text, changed = re.subn(
        r"dataSources: \[.*?\n  \],", lambda _: _DATA_SOURCES, configuration.read_text(), flags=re.DOTALL
    )
    assert changed == 1, "the configuration of this version of OHIF looks otherwise"
    configuration.write_text(text)
    for path in [path for path in built.rglob("*") if path.suffix in _COMPRESSED]:
        Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes()))
    built.rename(app)
    shutil.rmtree(package_dir / "package")
    return app


def _orthanc_settings(folder: Path, port: int) -> dict[str, object]:
    return {
        "StorageDirectory": str(folder / "orthanc"),
        "HttpPort": port,
        "DicomServerEnabled": False,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "KeepAlive": True,
        "TcpNoDelay": True,
        "Plugins": [_PLUGINS],
    }


def _store(address: str, file: Path) -> None:
    request = urllib.request.Request(address, file.read_bytes(), {"Content-Type": "application/dicom"})
    urllib.request.urlopen(request).close()


def _wait_until_it_answers(address: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"{address} does not answer.")
