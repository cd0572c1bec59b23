#!/usr/bin/env python3
"""Prints how to run one pod of a manifest in a systemd-nspawn container: an argument a line, as kubelet would set it up.

    pod.py MANIFEST KIND/NAME NUMBER DIRECTORY HOSTS [--bind=...]

Container image: this machine's /usr. DIRECTORY gets the pod's volumes; it must hold key (the Secret's content), data and
results (the claims). HOSTS becomes /etc/hosts. Everything else, from the command to users, groups, modes of files and
environment, is the manifest's. There is no GPU here, and the demo's network has no published name: these words are
replaced.
"""
import os
import sys

import yaml

manifest, which, number, directory, hosts, *binds = sys.argv[1:]
documents = [document for document in yaml.safe_load_all(open(manifest)) if document]
kind, name = which.split("/")
workload = next(d for d in documents if d["kind"] == kind and d["metadata"]["name"] == name)
pod = workload["spec"]["template"]["spec"]
(container,) = pod["containers"]
security = {**pod["securityContext"], **container["securityContext"]}
hostname = name if kind == "Job" and workload["spec"].get("completionMode") != "Indexed" else f"{name}-{number}"
group = security["fsGroup"]


def here(text):
    """The words that cannot hold on a machine without GPUs and without the published weights."""
    for old, new in [
        ("--gpu=all", "--cpu"), ("--gpu all", "--cpu"), ("--threads=4", "--threads=1"), ("--threads 4", "--threads 1"),
        ("--network=alexnet", "--network=/data/demo/network.json"),
        ("--network alexnet", "--network /data/demo/network.json"),
        ("/data/weights/alexnet-owt-7be5be79.pth", "/data/demo/demo.safetensors"), ("=1800", "=60"), (" 1800", " 60"),
    ]:
        text = text.replace(old, new)
    return text


def projected(place, files, mode, owner_group):
    """Files as kubelet projects them: behind two links, so that all of them change at once."""
    target = os.path.join(place, "..data_1")
    os.makedirs(target)
    os.symlink("..data_1", os.path.join(place, "..data"))
    for file, content in files.items():
        path = os.path.join(target, file)
        with open(path, "wb") as output:
            output.write(content)
        os.chmod(path, mode)
        os.chown(path, 0, owner_group)
        os.symlink("..data/" + file, os.path.join(place, file))


def volume(definition):
    """The directory on this machine that stands for a volume."""
    place = os.path.join(directory, f"{hostname}-{definition['name']}")
    if "persistentVolumeClaim" in definition:
        place = os.path.join(directory, definition["persistentVolumeClaim"]["claimName"].removeprefix("stnet-"))
        if not definition["persistentVolumeClaim"].get("readOnly") and definition["name"] == "results":
            os.chown(place, 0, group)
            os.chmod(place, 0o2775)
        return place
    if "secret" in definition:
        # Group-readable whatever the mode says, because there is an fsGroup.
        content = open(os.path.join(directory, "key"), "rb").read()
        projected(place, {"stnet.key": content}, definition["secret"]["defaultMode"] | 0o040, group)
    elif "configMap" in definition:
        data = next(d for d in documents if d["kind"] == "ConfigMap"
                    and d["metadata"]["name"] == definition["configMap"]["name"])["data"]
        projected(place, {file: here(text).encode() for file, text in data.items()}, 0o644, group)
    else:
        assert "emptyDir" in definition, definition
        os.makedirs(place)
        os.chown(place, 0, group)
        os.chmod(place, 0o2777)
    return place


environment = {}
for variable in container.get("env", []):
    if "value" in variable:
        environment[variable["name"]] = variable["value"]
    else:
        assert variable["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name", variable
        environment[variable["name"]] = hostname
if workload["spec"].get("completionMode") == "Indexed":
    environment["JOB_COMPLETION_INDEX"] = number

volumes = {definition["name"]: volume(definition) for definition in pod["volumes"]}
assert security["runAsNonRoot"] and security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
assert security["capabilities"] == {"drop": ["ALL"]}
command = container["command"] + container.get("args", [])
for variable, value in environment.items():
    command = [word.replace(f"$({variable})", value) for word in command]

arguments = ["--quiet", "--directory=/", "--volatile=yes", "--register=no", "--keep-unit", "--console=pipe",
             f"--hostname={hostname}", f"--machine={hostname}-{os.getppid()}", f"--bind-ro={hosts}:/etc/hosts"] + binds
for mount in container["volumeMounts"]:
    option = "--bind-ro" if mount.get("readOnly") else "--bind"
    arguments.append(f"{option}={volumes[mount['name']]}:{mount['mountPath']}")
arguments += [f"--setenv={variable}={value}" for variable, value in environment.items()]
arguments += ["setpriv", f"--reuid={security['runAsUser']}", f"--regid={security['runAsGroup']}", f"--groups={group}",
              "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
arguments += [here(word) for word in command]
print("\n".join(arguments))
