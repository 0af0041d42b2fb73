// Command pulumi-language-nodejs starts Pulumi's Node.js language host with the runtime options of the project.
//
// Today's CLI sends the options of Pulumi.yaml (typescript, nodeargs, tsconfig) with each call. The host that Go modules
// carry is older and wants them as flags when it starts, so this program reads them and becomes the host, which is the
// file "pulumi-language-nodejs-host" beside it.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"

	"gopkg.in/yaml.v3"
)

type project struct {
	Runtime struct {
		Options map[string]any `yaml:"options"`
	} `yaml:"runtime"`
}

// options returns what Pulumi.yaml says, in this folder or the nearest one above it. A project without options writes
// the runtime as a plain string, and a broken one is reported by the CLI: neither gives any flag.
func options(folder string) map[string]any {
	for {
		for _, name := range []string{"Pulumi.yaml", "Pulumi.yml", "Pulumi.json"} {
			text, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				continue
			}
			var found project
			_ = yaml.Unmarshal(text, &found)
			return found.Runtime.Options
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return nil
		}
		folder = parent
	}
}

func run() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if self, err = filepath.EvalSymlinks(self); err != nil {
		return err
	}
	host := filepath.Join(filepath.Dir(self), "pulumi-language-nodejs-host")
	if runtime.GOOS == "windows" {
		host += ".exe"
	}
	folder, err := os.Getwd()
	if err != nil {
		return err
	}
	args := []string{}
	found := options(folder)
	for _, name := range []string{"typescript", "nodeargs", "tsconfig"} {
		if value, ok := found[name]; ok {
			args = append(args, fmt.Sprintf("-%s=%v", name, value))
		}
	}
	args = append(args, os.Args[1:]...)
	if runtime.GOOS != "windows" {
		return syscall.Exec(host, append([]string{host}, args...), os.Environ())
	}
	child := exec.Command(host, args...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	return child.Run()
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-nodejs:", err)
		os.Exit(1)
	}
}
